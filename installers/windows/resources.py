"""What Windows shows of the programs' files in Explorer and in the Task Manager. build.spec asks for it."""

import re
from typing import Any

PUBLISHER = "The Traybeat authors"
_ENGLISH, _UNICODE = 0x0409, 1200


def numbers(version: str) -> tuple[int, int, int, int]:
    """Give a version as the four numbers that Windows takes; what is not a number of a release counts as nothing."""
    found = [int(one) for one in re.match(r"\d+(?:\.\d+)*", version)[0].split(".")]  # type: ignore[index]
    first, second, third, fourth, *_ = *found, 0, 0, 0
    return first, second, third, fourth


def version_info(version: str, program: str, *, console: bool) -> Any:
    """Give the version resource of a program, as PyInstaller takes it on Windows."""
    from PyInstaller.utils.win32 import versioninfo

    of_what = "Traybeat, a monitor in the tray" + (" (command line)" if console else "")
    texts = {
        "CompanyName": PUBLISHER,
        "FileDescription": of_what,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": f"Copyright (c) 2026 {PUBLISHER}. MIT licence.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Traybeat",
        "ProductVersion": version,
    }
    strings = [versioninfo.StringStruct(name, text) for name, text in texts.items()]
    table = versioninfo.StringTable(f"{_ENGLISH:04x}{_UNICODE:04x}", strings)
    return versioninfo.VSVersionInfo(
        ffi=versioninfo.FixedFileInfo(
            filevers=numbers(version), prodvers=numbers(version), mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0
        ),
        kids=[
            versioninfo.StringFileInfo([table]),
            versioninfo.VarFileInfo([versioninfo.VarStruct("Translation", [_ENGLISH, _UNICODE])]),
        ],
    )
