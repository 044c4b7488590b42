"""The Windows Installer package for managed fleets, as the source that wixl reads.

One package for the whole machine, in Program Files: what fleets roll out as the system's own user. The start at login
for everybody is a feature of its own, left out unless it is asked for (ADDLOCAL=ALL).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

# What ties the versions of one product together: never to be changed.
UPGRADE = UUID("5d7cbb54-a27e-43c5-8d0a-3f4f8a25a1d7")
_NAMESPACE = "http://schemas.microsoft.com/wix/2006/wi"
_MENU = r"Software\Traybeat"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"


def source(frozen: Path, icon: Path, version: str, publisher: str, base: Path) -> str:
    """Describe the package that holds the frozen program; three numbers of a version count.

    wixl takes no absolute paths, so that files are named from `base`, where it is to be run.
    """
    wix = ET.Element("Wix", xmlns=_NAMESPACE)
    product = _add(
        wix,
        "Product",
        Id=_guid(f"product {version}"),
        Name="Traybeat",
        Language="1033",
        Codepage="65001",
        Version=version,
        Manufacturer=publisher,
        UpgradeCode=_braced(UPGRADE),
    )
    _add(
        product,
        "Package",
        InstallerVersion="500",
        Compressed="yes",
        InstallScope="perMachine",
        Description="Traybeat, a monitor in the tray",
        Manufacturer=publisher,
    )
    _add(product, "MajorUpgrade", DowngradeErrorMessage="A newer version of Traybeat is installed already.")
    _add(product, "Media", Id="1", Cabinet="traybeat.cab", EmbedCab="yes")
    _add(product, "Icon", Id="traybeat.ico", SourceFile=os.path.relpath(icon, base))
    _add(product, "Property", Id="ARPPRODUCTICON", Value="traybeat.ico")
    _add(product, "Property", Id="ARPNOMODIFY", Value="1")
    components = _folders(product, frozen, base)
    feature = _add(product, "Feature", Id="Traybeat", Title="Traybeat", Level="1", Absent="disallow")
    for one in components:
        _add(feature, "ComponentRef", Id=one)
    login = _add(product, "Feature", Id="Autostart", Title="Start at login", Level="1000")
    _add(login, "ComponentRef", Id="autostart")
    ET.indent(wix)
    return ET.tostring(wix, "unicode", xml_declaration=True)


def _folders(product: ET.Element, frozen: Path, base: Path) -> list[str]:
    target = _add(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = _add(target, "Directory", Id="ProgramFiles64Folder", Name="PFiles")
    place = _add(programs, "Directory", Id="INSTALLDIR", Name="Traybeat")
    menu = _add(target, "Directory", Id="ProgramMenuFolder", Name="Programs")
    _shortcut(menu)
    _autostart(place)
    return ["menu", *_files(place, frozen, frozen, base)]


def _shortcut(menu: ET.Element) -> None:
    component = _component(menu, "menu")
    _add(
        component,
        "Shortcut",
        Id="menu",
        Name="Traybeat",
        Target="[INSTALLDIR]traybeatw.exe",
        WorkingDirectory="INSTALLDIR",
        Icon="traybeat.ico",
    )
    key = {"Root": "HKLM", "Key": _MENU, "Name": "Menu", "Type": "integer", "Value": "1", "KeyPath": "yes"}
    _add(component, "RegistryValue", **key)


def _autostart(place: ET.Element) -> None:
    key = {"Root": "HKLM", "Key": _RUN, "Name": "Traybeat", "Type": "string", "KeyPath": "yes"}
    _add(_component(place, "autostart"), "RegistryValue", **key, Value='"[INSTALLDIR]traybeatw.exe"')


def _files(parent: ET.Element, folder: Path, frozen: Path, base: Path) -> Iterator[str]:
    """Add a folder's files, each a component of its own, as Windows Installer wants it; gives the components' names."""
    for path in sorted(folder.iterdir()):
        name = _name(path.relative_to(frozen))
        if path.is_dir():
            yield from _files(_add(parent, "Directory", Id=name, Name=path.name), path, frozen, base)
        else:
            _add(
                _component(parent, name),
                "File",
                Id=name,
                Name=path.name,
                Source=os.path.relpath(path, base),
                KeyPath="yes",
            )
            yield name


def _component(parent: ET.Element, name: str) -> ET.Element:
    return _add(parent, "Component", Id=name, Guid=_guid(name), Win64="yes")


def _name(inside: Path) -> str:
    """Give an identifier of at most 72 characters that stays the same from version to version."""
    return f"f{uuid5(UPGRADE, inside.as_posix()).hex}"


def _guid(name: str) -> str:
    return _braced(uuid5(UPGRADE, name))


def _braced(value: UUID) -> str:
    return f"{{{str(value).upper()}}}"


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)
