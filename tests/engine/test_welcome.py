from pathlib import Path

import pytest

from traybeat.engine.welcome import LoginState, Opening, Welcome
from traybeat.host.autostart import AutostartError, Entry
from traybeat.model.settings import CollectorOptions, Settings
from traybeat.model.stop import Stop
from traybeat.updates.edition import Edition

RELEASED = Edition("https://example.org/m.json", "key")


class FakeAutostart:
    def __init__(self, refuses: bool = False) -> None:
        self.on = False
        self._refuses = refuses

    def entry(self) -> Entry:
        return Entry(on=self.on, place="/autostart")

    def switch(self, *, on: bool) -> Entry:
        if self._refuses:
            raise AutostartError("it can't be changed")
        self.on = on
        return self.entry()


def make(directory: Path, autostart: FakeAutostart, edition: Edition = RELEASED) -> Welcome:
    settings = Settings(collectors={"cpu": CollectorOptions(), "sensors": CollectorOptions(enabled=False)})
    listening = ("http://127.0.0.1:9100/metrics", False)
    return Welcome(
        directory / "data" / "welcomed", autostart, lambda: settings, lambda: listening, lambda: ("desktop",), edition
    )


def test_it_tells_what_the_page_shows(tmp_path: Path) -> None:
    state = make(tmp_path, FakeAutostart()).state()
    assert state.watched == ("cpu",)
    assert state.login == LoginState(on=False, place="/autostart", problem=None)
    assert (state.metrics_url, state.network, state.channels) == ("http://127.0.0.1:9100/metrics", False, ("desktop",))


def test_newer_versions_are_asked_about_where_there_is_somebody_to_ask(tmp_path: Path) -> None:
    assert make(tmp_path, FakeAutostart()).state().updates is False
    assert make(tmp_path, FakeAutostart(), Edition()).state().updates is None


def test_it_is_shown_until_somebody_has_been_through_with_it(tmp_path: Path) -> None:
    assert not make(tmp_path, FakeAutostart()).shown
    make(tmp_path, FakeAutostart()).finish()
    assert make(tmp_path, FakeAutostart()).state().shown


def test_it_switches_start_at_login_and_says_where_that_fails(tmp_path: Path) -> None:
    autostart = FakeAutostart()
    assert make(tmp_path, autostart).start_at_login(on=True).on
    assert autostart.on
    refused = make(tmp_path, FakeAutostart(refuses=True)).start_at_login(on=True)
    assert refused == LoginState(on=False, place=None, problem="it can't be changed")


def test_a_mark_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(OSError, match="data"):
        make(tmp_path, FakeAutostart()).finish()


def test_the_first_window_opens_once_the_dashboard_listens() -> None:
    answers, shown = iter([False, True]), list[str]()

    class NoWait(Stop):
        def wait(self, timeout: float | None = None) -> bool:
            return False

    Opening(lambda: next(answers), lambda: shown.append("window")).run(NoWait())
    assert shown == ["window"]


def test_no_window_opens_once_the_program_is_to_end() -> None:
    stop, shown = Stop(), list[str]()
    stop.set()
    Opening(lambda: False, lambda: shown.append("window")).run(stop)
    assert shown == []
