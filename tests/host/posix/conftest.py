"""Local sockets, users and modes are not Windows' ways."""

import sys

collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []
