import signal
import subprocess
import sys
from pathlib import Path

import pytest

from traybeat.host.crashes import told, watch

_CRASH = """
import os, signal, sys
from pathlib import Path
from traybeat.host.crashes import watch
watch(Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGSEGV)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_a_crash_leaves_its_trace(tmp_path: Path) -> None:
    path = tmp_path / "crash.log"
    done = subprocess.run([sys.executable, "-c", _CRASH, str(path)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGSEGV
    assert "Segmentation fault | " in str(told(path))
    assert "\n" not in str(told(path))


def test_without_a_crash_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "crash.log"
    script = f"from pathlib import Path; from traybeat.host.crashes import watch; watch(Path({str(path)!r}))()"
    subprocess.run([sys.executable, "-c", script], check=True)
    assert not path.exists()
    assert told(path) is None


def test_where_it_can_not_be_written_there_is_no_trace(tmp_path: Path) -> None:
    watch(tmp_path / "no" / "crash.log")()
    assert told(tmp_path / "no" / "crash.log") is None
