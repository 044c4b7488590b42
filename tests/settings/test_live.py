import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.host.editing import Change
from traybeat.model.errors import Fault, TraybeatError, WrongSettingsError
from traybeat.model.settings import CollectorOptions, Settings
from traybeat.settings.live import GONE, LiveSettings
from traybeat.settings.loader import load
from traybeat.settings.tree import Schema

SCHEMA = Schema({"cpu": CollectorOptions})
REFUSED = Fault("exporter.address", '"0.0.0.0"', "credentials")


@dataclass
class Part:
    """A listener that keeps what it is told, and fails as it is asked to."""

    refuses: Sequence[Fault] = ()
    breaks_at_check: bool = False
    breaks_at_apply: bool = False
    told: list[str] = field(default_factory=list)

    def check(self, new: Settings) -> Sequence[Fault]:
        self.told.append(f"check {new.exporter.port}")
        if self.breaks_at_check:
            raise RuntimeError("check")
        return self.refuses

    def apply(self, old: Settings, new: Settings) -> None:
        self.told.append(f"apply {old.exporter.port} {new.exporter.port}")
        if self.breaks_at_apply:
            raise RuntimeError("apply")


class Bench:
    """Live settings over a file of their own."""

    def __init__(self, path: Path, *listeners: Part, environ: dict[str, str] | None = None) -> None:
        self.path = path
        self.clock = FakeClock()
        self.parts = listeners
        self.environ = environ or {}
        loaded = load(path, self.environ, SCHEMA)
        self.live = LiveSettings(path, self.environ, SCHEMA, loaded, listeners, self.clock)

    def edit(self, text: str) -> None:
        self.path.write_text(text)

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            self.clock.go(1)
            self.live.tick()

    def after(self, text: str) -> None:
        self.edit(text)
        self.look()

    @property
    def port(self) -> int:
        return self.live.current.exporter.port

    @property
    def told(self) -> list[str]:
        return [told for part in self.parts for told in part.told]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text("exporter: {port: 1}\n")
    return path


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records]


def test_nothing_is_applied_while_nothing_changes(path: Path) -> None:
    bench = Bench(path, Part())
    bench.look(5)
    assert bench.told == []
    assert bench.port == 1


def test_an_edit_is_checked_by_all_and_then_applied_by_all(path: Path) -> None:
    order: list[str] = []
    bench = Bench(path, Part(told=order), Part(told=order))
    bench.after("exporter: {port: 2}\n")
    assert order == ["check 2", "check 2", "apply 1 2", "apply 1 2"]
    assert bench.port == 2


def test_an_edit_waits_until_the_file_has_rested(path: Path) -> None:
    bench = Bench(path, Part())
    for text in ("", "exporter: {po", "exporter: {port: 2}\n"):
        bench.edit(text)
        bench.look(1)
        assert bench.port == 1
    assert bench.live.state.faults == ()
    bench.look(1)
    assert bench.port == 2


def test_an_edit_between_loading_and_the_first_look_is_not_missed(path: Path) -> None:
    loaded = load(path, {}, SCHEMA)
    path.write_text("exporter: {port: 22}\n")
    live = LiveSettings(path, {}, SCHEMA, loaded, (), FakeClock())
    live.tick()
    live.tick()
    assert live.current.exporter.port == 22


def test_a_file_that_took_the_others_place_is_noticed(path: Path) -> None:
    bench = Bench(path)
    other = path.with_name("other")
    other.write_text("exporter: {port: 3}\n")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    bench.look()
    assert bench.port == 3


def test_the_same_settings_written_again_apply_nothing(path: Path) -> None:
    bench = Bench(path, Part())
    bench.after("# a remark\nexporter: {port: 0x1}\n")
    assert bench.told == []
    assert bench.live.state.loaded_at == bench.clock.wall()


def test_the_environment_stays_above_an_edit(path: Path) -> None:
    bench = Bench(path, environ={"TRAYBEAT_EXPORTER__PORT": "7"})
    bench.after("exporter: {port: 2}\nlimits: {memory_mb: 60}\n")
    assert bench.port == 7
    assert bench.live.current.limits.memory_mb == 60
    assert bench.live.state.overridden == ("exporter.port",)


def test_an_invalid_edit_applies_nothing_and_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part())
    bench.after("limits: {memory_mb: 60}\nexporter: {port: 0, prot: 2}\n")
    assert bench.told == []
    assert bench.port == 1
    assert bench.live.current.limits.memory_mb == 50
    assert [fault.path for fault in bench.live.state.faults] == ["exporter.port", "exporter.prot"]
    (record,) = caplog.records
    assert record.message == "settings rejected"
    assert vars(record)["fields"] == {
        "path": str(path),
        "faults": 2,
        "kind": "line 2: exporter.port: found 0, expected a whole number from 1 to 65535",
    }


def test_the_same_faults_are_told_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path)
    bench.after("exporter: {port: 0}\n")
    bench.after("exporter: {port: 0}\n# edited elsewhere\n")
    bench.look(5)
    assert events(caplog) == ["settings rejected"]
    bench.after("exporter: {port: 00}\nlimits: {cpu_percent: 0}\n")
    assert events(caplog) == ["settings rejected"] * 2


def test_a_mended_file_is_told_and_applied(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part())
    bench.after("exporter: {port: 0}\n")
    with caplog.at_level(logging.INFO, "traybeat"):
        bench.after("exporter: {port: 2}\n")
    assert events(caplog) == ["settings rejected", "settings mended", "settings applied"]
    assert vars(caplog.records[-1])["fields"] == {"changed": "exporter.port"}
    assert bench.live.state.faults == ()
    assert bench.port == 2


def test_going_back_to_the_settings_in_force_mends_without_applying(path: Path) -> None:
    bench = Bench(path, Part())
    bench.after("exporter: {port: 0}\n")
    bench.after("exporter: {port: 1}\n")
    assert bench.live.state.faults == ()
    assert bench.told == []


def test_a_part_that_can_not_live_with_an_edit_stops_all_of_it(path: Path) -> None:
    bench = Bench(path, Part(), Part(refuses=[REFUSED]), Part())
    bench.after("exporter: {port: 2}\n")
    assert bench.told == ["check 2"] * 3
    assert bench.port == 1
    assert bench.live.state.faults == (REFUSED,)


def test_all_parts_can_be_asked_beforehand(path: Path) -> None:
    bench = Bench(path, Part(refuses=[REFUSED]), Part(refuses=[REFUSED]))
    assert bench.live.check(bench.live.current) == (REFUSED, REFUSED)


def test_a_part_that_breaks_at_a_check_refuses(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part(breaks_at_check=True), Part())
    bench.after("exporter: {port: 2}\n")
    assert bench.port == 1
    assert "Part: found an error while checking (RuntimeError)" in str(bench.live.state.faults[0])
    assert events(caplog) == ["settings check failed", "settings rejected"]


def test_a_part_that_breaks_at_applying_stops_no_other(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part(breaks_at_apply=True), Part())
    bench.after("exporter: {port: 2}\n")
    assert bench.told == ["check 2", "apply 1 2"] * 2
    assert bench.port == 2
    assert bench.live.state.notice is not None
    assert "Part" in bench.live.state.notice
    assert events(caplog) == ["settings not taken on"]
    bench.after("exporter: {port: 2} # again\n")
    assert bench.live.state.notice is None


def test_a_damaged_edit_is_kept_aside_and_the_last_settings_run_on(path: Path) -> None:
    bench = Bench(path, Part())
    bench.after("exporter: {port: [")
    assert bench.port == 1
    assert len(bench.live.state.faults) == 1
    assert [copy.read_text() for copy in path.parent.glob("*.damaged-*")] == ["exporter: {port: ["]


def test_a_file_that_is_gone_changes_nothing_until_it_is_back(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part())
    path.unlink()
    bench.look(5)
    assert not path.exists()
    assert (bench.port, bench.told) == (1, [])
    assert bench.live.state.notice == GONE
    assert events(caplog) == ["settings file gone"]
    bench.after("exporter: {port: 2}\n")
    assert bench.port == 2
    assert bench.live.state.notice is None


def test_what_the_system_refuses_for_a_moment_is_tried_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(path, Part())
    path.unlink()
    path.mkdir()
    bench.look(4)
    assert events(caplog) == ["settings rejected"]
    path.rmdir()
    bench.after("exporter: {port: 2}\n")
    assert bench.port == 2


def test_a_first_start_without_a_file_says_so_until_there_is_one(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes(b"")
    bench = Bench(config / "settings.yaml", Part())
    bench.look(3)
    assert bench.live.state.notice is not None
    assert "can't be written" in bench.live.state.notice
    config.unlink()
    config.mkdir()
    bench.after("exporter: {port: 2}\n")
    assert bench.port == 2
    assert bench.live.state.notice is None


def test_the_state_tells_when_and_from_where_the_settings_came(path: Path) -> None:
    bench = Bench(path)
    started = bench.clock.wall()
    assert (bench.live.state.path, bench.live.state.loaded_at) == (str(path), started)
    bench.after("exporter: {port: 0}\n")
    assert bench.live.state.loaded_at == started
    bench.after("exporter: {port: 2}\n")
    assert bench.live.state.loaded_at == bench.clock.wall()


def test_the_service_looks_until_it_is_told_to_stop(path: Path) -> None:
    class Stop(threading.Event):
        waited = 0.0

        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            self.waited += timeout
            return self.waited > 4

    bench = Bench(path, Part())
    bench.edit("exporter: {port: 2}\n")
    bench.live.run(Stop())
    assert bench.live.name == "settings"
    assert bench.port == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a look at a file costs what it costs")
def test_a_look_costs_next_to_nothing(path: Path) -> None:
    bench = Bench(path)
    began = time.thread_time()
    for _ in range(2000):
        bench.live.tick()
    assert (time.thread_time() - began) / 2000 < 100e-6


def test_a_change_is_written_taken_on_and_leaves_comments_alone(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("# mine\nexporter:\n  port: 9101  # ours\n")
    bench = Bench(tmp_path / "settings.yaml", part := Part())
    bench.live.change([Change(("exporter", "port"), 9102)])
    assert bench.path.read_text() == "# mine\nexporter:\n  port: 9102  # ours\n"
    assert bench.port == 9102
    bench.look(3)
    assert part.told == ["check 9102", "check 9102", "apply 9101 9102"]


def test_a_change_that_somebody_can_not_live_with_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("exporter:\n  port: 9101\n")
    bench = Bench(tmp_path / "settings.yaml", part := Part())
    before = bench.path.read_bytes()
    for wrong in (Change(("exporter", "port"), 0), Change(("exporter", "prt"), 9102)):
        with pytest.raises(WrongSettingsError):
            bench.live.change([wrong])
    part.refuses = (REFUSED,)
    with pytest.raises(WrongSettingsError):
        bench.live.change([Change(("exporter", "port"), 9102)])
    assert bench.path.read_bytes() == before
    assert bench.port == 9101


def test_without_a_file_a_change_begins_the_default_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "settings.yaml")
    bench.path.unlink()
    bench.live.change([Change(("exporter", "port"), 9102)])
    assert bench.port == 9102
    assert "# " in bench.path.read_text()


def test_a_file_that_can_not_be_read_is_not_overwritten(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "settings.yaml")
    bench.path.unlink()
    bench.path.mkdir()
    with pytest.raises(TraybeatError, match="can't be read"):
        bench.live.change([Change(("exporter", "port"), 9102)])
