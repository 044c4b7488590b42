"""Named pipes are Windows' way alone."""

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_pipe.py"]
