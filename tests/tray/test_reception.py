from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from fakes import FakeClock, batch
from traybeat.alerts.journal import Journal
from traybeat.alerts.silence import Snoozes
from traybeat.host.autostart import AutostartError, Entry
from traybeat.model.metric import gauge
from traybeat.model.settings import Appearance
from traybeat.tray.glance import Alert
from traybeat.tray.reception import Reception

BUSY = gauge("system_cpu_busy_ratio", "ratio", "How busy.")


class Login:
    """Start at login that can be switched, or can't."""

    def __init__(self) -> None:
        self.on, self.problem, self.broken = False, None, False

    def entry(self) -> Entry:
        if self.broken:
            raise AutostartError("no")
        return Entry(self.on, "here", self.problem)

    def switch(self, *, on: bool) -> Entry:
        self.on = on
        return self.entry()


class Sampling:
    paused = False

    def pause(self, *, on: bool) -> None:
        self.paused = on


class Alarms:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.quietened = 0

    def severities(self) -> Mapping[str, int]:
        return self.counts

    def active(self) -> tuple[Alert, ...]:
        return (Alert("a1", "Hot", "critical", "hot"),)

    def quieten(self) -> None:
        self.quietened += 1


class Desk:
    def __init__(self, directory: Path) -> None:
        self.clock, self.login, self.sampling, self.alarms = FakeClock(), Login(), Sampling(), Alarms()
        self.journal = Journal(directory / "journal.db", self.clock.wall)
        self.newest = {"cpu": batch("cpu", (BUSY.sample(0.5),))}
        self.opened: list[str] = []
        self.told: list[str] = []
        self.quits = 0
        self.desk = Reception(
            self.clock,
            lambda: self.newest,
            self.alarms,
            Snoozes(self.journal),
            cast("Any", self.sampling),
            lambda: Appearance(language="ko", tray="cpu"),
            lambda: self.login,
            self.opened.append,
            self.quit,
            self.told.append,
            lambda: "1.4.0",
        )

    def quit(self) -> None:
        self.quits += 1


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    found = Desk(tmp_path)
    yield found
    found.journal.close()


def test_the_glance_comes_from_what_is_newest(bench: Desk) -> None:
    bench.alarms.counts = {"warning": 2, "info": 1}
    glance = bench.desk.glance()
    assert (glance.level, glance.alerts, glance.cpu, glance.memory) == ("warning", 3, 0.5, None)
    bench.desk.act("pause")
    assert bench.desk.glance().level == "paused"
    bench.desk.act("pause")
    assert not bench.sampling.paused
    assert (bench.desk.mode, bench.desk.language) == ("cpu", "ko")
    assert bench.desk.readings().cpu_busy_ratio == 0.5
    assert bench.desk.alerts()[0].id == "a1"


def test_pages_are_opened(bench: Desk) -> None:
    for key in ("open", "alert:a1", "settings", "about"):
        bench.desk.act(key)
    assert bench.opened == ["", "alerts/a1", "settings", "diagnostics"]


def test_alerts_are_held_back_for_an_hour_until_tomorrow_or_no_longer(bench: Desk) -> None:
    for key in ("snooze-hour", "snooze-tomorrow"):
        bench.desk.act(key)
        assert bench.desk.snoozed()
    bench.desk.act("snooze-hour")
    bench.clock.go(3601)
    assert not bench.desk.snoozed()
    bench.desk.act("snooze-hour")
    bench.desk.act("snooze-end")
    assert not bench.desk.snoozed()
    assert bench.alarms.quietened == 5


def test_start_at_login_is_switched_where_it_can_be(bench: Desk) -> None:
    assert bench.desk.login() is False
    bench.desk.act("login")
    assert bench.desk.login() is True
    bench.login.broken = True
    assert bench.desk.login() is None


def test_quit_ends_the_program_and_nonsense_does_nothing(bench: Desk) -> None:
    bench.desk.act("nonsense")
    bench.desk.act("quit")
    assert bench.quits == 1


def test_a_newer_version_leads_to_where_its_page_is(bench: Desk) -> None:
    assert bench.desk.newer() == "1.4.0"
    bench.desk.act("newer")
    assert bench.opened == ["diagnostics"]
