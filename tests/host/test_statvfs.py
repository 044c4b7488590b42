import json
import os
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL, run
from sys import executable, platform

import pytest

from traybeat.host import statvfs


def ask(*paths: str, how: Callable[[bytes], statvfs.Numbers] = statvfs.usage) -> list[list[float]]:
    out = BytesIO()
    statvfs.respond(BytesIO(b"".join(os.fsencode(path) + b"\0" for path in paths)), out, how)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_helper_answers_each_mount_point_with_its_number_and_sizes(tmp_path: Path) -> None:
    (answer,) = ask(str(tmp_path))
    assert answer[0] == 0
    assert answer[1] == shutil.disk_usage(tmp_path).total
    assert 0 < answer[3] <= answer[2] <= answer[1]


def test_what_windows_does_not_know_is_null(tmp_path: Path) -> None:
    (answer,) = ask(str(tmp_path), how=statvfs.windows_usage)
    system = shutil.disk_usage(tmp_path)
    assert answer[1] == system.total
    assert answer[2] == answer[3]
    assert answer[4:] == [None, None]


def test_a_mount_point_that_refuses_is_answered_by_its_number_alone(tmp_path: Path) -> None:
    answers = ask(str(tmp_path / "gone"), str(tmp_path))
    assert answers[0] == [0]
    assert answers[1][0] == 1
    assert len(answers[1]) == 6


@pytest.mark.skipif(platform != "linux", reason="names are Unicode elsewhere")
def test_names_may_hold_any_bytes_but_nul(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/odd\n\xff name"
    os.mkdir(odd)  # noqa: PTH102 (pathlib takes no bytes)
    assert len(ask(os.fsdecode(odd))[0]) == 6


def test_asked_for_nothing_the_helper_says_nothing() -> None:
    assert ask() == []


def test_the_module_runs_by_itself(tmp_path: Path) -> None:
    asked = run(
        [executable, "-P", "-m", "traybeat.host.statvfs"],
        input=os.fsencode(tmp_path) + b"\0",
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert json.loads(asked.stdout)[0] == 0
    assert asked.stderr == b""


def test_the_helper_ends_by_itself_where_nobody_is_left_to_end_it() -> None:
    code = (
        "from io import BytesIO; from threading import Event; from traybeat.host import statvfs;"
        "statvfs.respond(BytesIO(b'/\\0'), BytesIO(), lambda path: Event().wait(), patience=0.05)"
    )
    ended = run([executable, "-P", "-c", code], check=False, stdin=DEVNULL, stderr=DEVNULL, timeout=30)
    assert ended.returncode == 1


def test_the_helper_loads_nothing_heavy() -> None:
    code = (
        "import sys, traybeat.host.statvfs; sys.exit(any(m in sys.modules for m in ('typing', 'json', 'subprocess')))"
    )
    ended = run([executable, "-P", "-S", "-c", code], check=False, stdin=DEVNULL, timeout=30, env=source())
    assert ended.returncode == 0


def source() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(statvfs.__file__).parents[2])}
