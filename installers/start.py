"""Where the frozen program starts."""

import os
import sys
from types import ModuleType

# PyInstaller's loader names its own libraries and files here. This process has read it; copies of ourselves get their
# own, and programs of the system (a browser, the web view's processes) must load the system's libraries.
_LOADERS = ("_PYI_APPLICATION_HOME_DIR", "_PYI_ARCHIVE_FILE", "_PYI_LINUX_PROCESS_NAME", "_PYI_PARENT_PROCESS_LEVEL")
_PATH = "LD_LIBRARY_PATH"


def restore() -> None:
    """Give the environment back the way it was before the loader."""
    for name in _LOADERS:
        os.environ.pop(name, None)
    before = os.environ.pop(f"{_PATH}_ORIG", None)
    if before is not None:
        os.environ[_PATH] = before
    else:
        os.environ.pop(_PATH, None)


def hold(importers: ModuleType | None, started: str = "/proc/self/exe") -> None:
    """Have modules read from the file that was started, even once an upgrade has put another one in its place."""
    if importers is not None and os.path.exists(started):  # noqa: PTH110 (pathlib is for later)
        importers.pyz_archive._filename = started  # noqa: SLF001 (there is no other way; a test sees whether it works)


if __name__ == "__main__":
    if sys.platform == "linux":
        restore()
        hold(sys.modules.get("pyimod02_importers"))
    from traybeat.__main__ import main

    sys.exit(main())
