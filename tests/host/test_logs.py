import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.host import logs
from traybeat.host.logs import fields

log = logging.getLogger("traybeat.test")


class Bench:
    def __init__(self, path: Path | None, form: str) -> None:
        self.clock, self.stream = FakeClock(), io.StringIO()
        self.logging = logs.start(path, form, "info", self.clock.monotonic, self.stream)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def text(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "logs" / "traybeat.log", "text")
    yield bench
    bench.logging.close()


@pytest.fixture
def lines() -> Iterator[Bench]:
    bench = Bench(None, "json")
    yield bench
    bench.logging.close()


def test_an_event_is_one_line_with_its_fields(text: Bench) -> None:
    log.info("listening", extra=fields(part="exporter", url="http://[::1]:9100", note="two words", nothing=""))
    (line,) = text.lines
    assert line.split(" ", 2)[2] == 'info    listening part=exporter url=http://[::1]:9100 note="two words" nothing=""'


def test_a_hostile_value_can_not_begin_a_line_of_its_own(text: Bench) -> None:
    log.info("found", extra=fields(name="x\n2026-01-01 00:00:00 error forged\x1b[31m"))
    assert len(text.lines) == 1
    assert "\x1b" not in text.lines[0]


def test_json_lines_carry_time_level_event_and_fields(lines: Bench) -> None:
    log.warning("collector failed", extra=fields(part="disk", count=3, ratio=0.5, path=Path("x"), event="no"))
    told = json.loads(lines.lines[0])
    assert told["time"].endswith("Z")
    del told["time"]
    assert told == {
        "level": "warning",
        "logger": "traybeat.test",
        "event": "collector failed",
        "part": "disk",
        "count": 3,
        "ratio": 0.5,
        "path": "x",
    }


def test_a_fault_is_told_once_an_hour_with_its_count(text: Bench) -> None:
    for _ in range(1800):
        log.warning("collector failed", extra=fields(part="disk", kind="OSError", error="varies"))
        text.clock.go(2)
    assert len(text.lines) == 1
    assert text.logging.once.held_back == 1799
    log.warning("collector failed", extra=fields(part="disk", kind="OSError", error="again"))
    assert text.lines[1].endswith("repeated=1799")


def test_other_parts_other_kinds_and_plain_information_are_not_held_back(text: Bench) -> None:
    for part in ("disk", "cpu"):
        for kind in ("OSError", "ValueError"):
            log.warning("collector failed", extra=fields(part=part, kind=kind))
    log.info("listening")
    log.info("listening")
    assert len(text.lines) == 6


def test_a_flood_of_different_faults_costs_no_memory(text: Bench) -> None:
    for number in range(2000):
        log.warning("strange", extra=fields(part=str(number)))
    assert len(text.logging.once._seen) <= 500  # noqa: SLF001 (its bound is the point)


def test_the_file_has_the_same_lines(text: Bench, tmp_path: Path) -> None:
    log.warning("collector failed", extra=fields(part="disk"))
    assert (tmp_path / "logs" / "traybeat.log").read_text("utf-8").splitlines() == text.lines


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_the_file_is_for_its_owner_alone(text: Bench, tmp_path: Path) -> None:
    assert (tmp_path / "logs" / "traybeat.log").stat().st_mode & 0o077 == 0


def test_the_file_is_rotated_at_its_size(text: Bench, tmp_path: Path) -> None:
    for _ in range(4):
        for number in range(700):
            log.info("long", extra=fields(number=number, text="x" * 1900))
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["traybeat.log", "traybeat.log.1"]
    assert (tmp_path / "logs" / "traybeat.log.1").stat().st_size <= logs.FILE_BYTES


def test_a_file_that_another_program_holds_is_not_rotated_and_grows_on(text: Bench, tmp_path: Path) -> None:
    def refuse(source: str, target: str) -> None:
        raise PermissionError(source, target)

    handler = next(one for one in log.root.handlers if isinstance(one, logs.PrivateRotatingFile))
    handler.rotator = refuse
    for number in range(3000):
        log.info("long", extra=fields(number=number, text="x" * 1900))
    log.info("the last one")
    path = tmp_path / "logs" / "traybeat.log"
    assert path.stat().st_size > logs.FILE_BYTES
    assert path.read_text("utf-8").endswith("the last one\n")
    assert [one.name for one in path.parent.iterdir()] == ["traybeat.log"]


def test_a_trace_follows_its_event(text: Bench, lines: Bench) -> None:
    log.error("service died", extra=fields(part="pump"), exc_info=ValueError("as told"))
    assert "ValueError: as told" in text.stream.getvalue()
    assert "ValueError: as told" in json.loads(lines.lines[0])["trace"]


def test_a_file_that_can_not_be_written_is_a_problem_told_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bench = Bench(tmp_path / "file" / "traybeat.log", "text")
    try:
        assert bench.logging.problem is not None
        log.info("still here")
        assert len(bench.lines) == 1
    finally:
        bench.logging.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux' own")
def test_a_full_disk_loses_the_line_and_disturbs_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logs.PrivateRotatingFile(Path("/dev/full"))
    handler.setFormatter(logs.Text())
    handler.handle(logging.LogRecord("traybeat.test", logging.INFO, __file__, 1, "lost", (), None))
    handler.close()
    assert capsys.readouterr().err == ""


def test_the_log_of_libraries_goes_the_same_way(text: Bench) -> None:
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").info("chatter")
    assert len(text.lines) == 1
