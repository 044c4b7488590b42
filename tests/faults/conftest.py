"""The fault is a file system that hangs, mounted in Linux' way."""

import sys

collect_ignore_glob = [] if sys.platform == "linux" else ["test_hung_mount.py"]
