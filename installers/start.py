"""Where the frozen program starts."""

import os
import sys

# PyInstaller's loader names its own libraries and files here. This process has read it; copies of ourselves get their
# own, and programs of the system (a browser, the web view's processes) must load the system's libraries.
_LOADERS = ("_PYI_APPLICATION_HOME_DIR", "_PYI_ARCHIVE_FILE", "_PYI_LINUX_PROCESS_NAME", "_PYI_PARENT_PROCESS_LEVEL")


def restore() -> None:
    """Give the environment back the way it was before the loader."""
    for name in _LOADERS:
        os.environ.pop(name, None)
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)


if __name__ == "__main__":
    restore()
    from traybeat.__main__ import main

    sys.exit(main())
