"""The kernel's files are built with symbolic links and with names that Windows refuses."""

import sys

collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []
