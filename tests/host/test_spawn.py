import subprocess
import sys
from pathlib import Path

import pytest

from traybeat.host import spawn


def test_from_source_a_helper_is_python_with_our_package() -> None:
    assert spawn.helper_command("statvfs", "/venv/bin/python", frozen=False) == [
        *("/venv/bin/python", "-P", "-m", "traybeat", "--helper", "statvfs")
    ]


def test_frozen_a_helper_is_the_program_itself() -> None:
    assert spawn.helper_command("statvfs", "/opt/traybeat", frozen=True) == ["/opt/traybeat", "--helper", "statvfs"]


def test_a_helper_gets_no_more_of_our_environment_than_it_needs() -> None:
    ours = {"HOME": "/home/jo", "TRAYBEAT_SECRET_SMTP": "hush", "SYSTEMROOT": "C:\\Windows", "LC_ALL": "C"}
    assert spawn.environment(ours) == {"HOME": "/home/jo", "SYSTEMROOT": "C:\\Windows"}


def test_a_process_reads_one_file_and_writes_another() -> None:
    with spawn.scratch() as stdin, spawn.scratch() as stdout:
        stdin.write(b"heartbeat")
        stdin.seek(0)
        code = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('not to be seen')"
        process = spawn.start([sys.executable, "-c", code], stdin, stdout)
        while process.poll() is None:
            pass
        stdout.seek(0)
        assert stdout.read() == b"HEARTBEAT"


def test_what_can_not_be_started_raises(tmp_path: Path) -> None:
    with spawn.scratch() as stdin, spawn.scratch() as stdout, pytest.raises(FileNotFoundError):
        spawn.start([str(tmp_path / "absent")], stdin, stdout)


def test_ending_a_process_kills_it_and_takes_its_leave() -> None:
    with spawn.scratch() as stdin, spawn.scratch() as stdout:
        process = spawn.start([sys.executable, "-c", "import threading; threading.Event().wait()"], stdin, stdout)
        spawn.end(process)
        assert process.wait(timeout=30) != 0


class Undying:
    pid = 1

    def __init__(self) -> None:
        self.killed = False

    def poll(self) -> int | None:
        return None

    def kill(self) -> None:
        self.killed = True

    def wait(self, timeout: float) -> int:
        raise subprocess.TimeoutExpired("helper", timeout)


def test_a_process_that_can_not_be_ended_is_not_waited_for() -> None:
    process = Undying()
    spawn.end(process)
    assert process.killed
