"""What makes the frozen program a bundle, and the bundle an image to drag it from; build.spec and build use it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ENTITLEMENTS = Path(__file__).parent / "entitlements.plist"
IDENTITY = "TRAYBEAT_SIGN_IDENTITY"
_NOTARY = ("TRAYBEAT_NOTARY_KEY", "TRAYBEAT_NOTARY_KEY_ID", "TRAYBEAT_NOTARY_ISSUER")
# The oldest that CPython's own builds for macOS still run on.
_OLDEST = "11.0"

Command = tuple[str, ...]


def info(version: str) -> dict[str, object]:
    """Give what Info.plist says beyond PyInstaller's own lines."""
    return {
        "CFBundleDisplayName": "Traybeat",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSMinimumSystemVersion": _OLDEST,
        "LSUIElement": True,  # an icon in the menu bar, and none in the Dock
        "NSAppTransportSecurity": {"NSAllowsLocalNetworking": True},  # the window's pages come from 127.0.0.1
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The Traybeat authors. MIT licence.",
    }


class Notary(NamedTuple):
    """A key of App Store Connect, by which Apple's notary is asked: the file it lies in, its number, who issued it."""

    key: str
    key_id: str
    issuer: str


def notary(environ: Mapping[str, str]) -> Notary | None:
    """Find the notary's key in the environment; None where any part of it is missing."""
    parts = [environ.get(name, "") for name in _NOTARY]
    return Notary(*parts) if all(parts) else None


def checks(bundle: Path, identity: str | None) -> list[Command]:
    """Give what looks at a bundle: its signature, and with an identity that the hardened runtime is on."""
    verify: Command = ("codesign", "--verify", "--deep", "--strict", "--verbose=2", str(bundle))
    program = str(bundle / "Contents/MacOS/traybeat")
    return [verify, (program, "--version")] + (
        [("codesign", "--display", "--verbose=2", str(bundle))] if identity else []
    )


def image(folder: Path, target: Path) -> Command:
    """Give what makes an image of a folder that holds the bundle."""
    return (
        "hdiutil",
        "create",
        "-volname",
        "Traybeat",
        "-srcfolder",
        str(folder),
        "-format",
        "UDZO",
        "-ov",
        str(target),
    )


def sealed(target: Path, identity: str | None, notary: Notary | None) -> list[Command]:
    """Give what signs an image, has Apple look at it, and staples their answer to it; nothing without an identity."""
    if identity is None:
        return []
    commands: list[Command] = [("codesign", "--sign", identity, "--timestamp", str(target))]
    if notary is not None:
        by = ("--key", notary.key, "--key-id", notary.key_id, "--issuer", notary.issuer)
        commands += [
            ("xcrun", "notarytool", "submit", str(target), *by, "--wait"),
            ("xcrun", "stapler", "staple", str(target)),
            ("spctl", "--assess", "--type", "open", "--context", "context:primary-signature", "--verbose", str(target)),
        ]
    return commands


def notes(identity: str | None, notary: Notary | None) -> list[str]:
    """Say what is left out for want of secrets, and what that means to who downloads it."""
    if identity is None:
        return [
            f"Not signed: {IDENTITY} is not set. macOS will refuse to open it until it is allowed in System Settings."
        ]
    if notary is None:
        return [f"Signed, but not notarised: {', '.join(_NOTARY)} are not all set. macOS will warn of it."]
    return []
