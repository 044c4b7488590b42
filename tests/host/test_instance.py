import subprocess
import sys
from pathlib import Path

import pytest

from traybeat.host import instance

_HOLD = """
import sys
from pathlib import Path
from traybeat.host import instance
lock = instance.acquire(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_one_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "data" / "traybeat.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(instance.AlreadyRunningError, match=f"process {holder.pid}.*traybeat status"):
        instance.acquire(path)
    holder.kill()
    holder.communicate()
    lock = instance.acquire(path)  # its holder was killed: the lock healed by itself
    assert lock.before == holder.pid
    lock.release()
    lock = instance.acquire(path)
    assert lock.before is None
    lock.release()


def test_released_it_can_be_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "traybeat.lock"
    first = instance.acquire(path)
    with pytest.raises(instance.AlreadyRunningError):
        instance.acquire(path)
    first.release()
    first.release()
    instance.acquire(path).release()


def test_a_directory_that_can_not_be_made_is_the_callers_to_tell(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        instance.acquire(tmp_path / "file" / "traybeat.lock")


def test_what_a_broken_lock_file_holds_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "traybeat.lock"
    path.write_bytes(b"\xff\xfenonsense")
    lock = instance.acquire(path)
    path.write_bytes(b"\xff nonsense")
    with pytest.raises(instance.AlreadyRunningError, match="another process"):
        instance.acquire(path)
    lock.release()
