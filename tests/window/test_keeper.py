import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from agent import until
from fakes import FakeClock
from traybeat.model.errors import TraybeatError
from traybeat.model.stop import Stop
from traybeat.window.browser import NoBrowserError
from traybeat.window.child import LaunchError
from traybeat.window.geometry import Geometry, load
from traybeat.window.keeper import MOST_OPENING_TICKS, MOST_SILENT_TICKS, Keeper, NoWindowError, Request, Told

HOME = "http://127.0.0.1:9180"


class FakeChild:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.orders: list[dict[str, Any]] = []
        self.code = 0
        self.ended: list[bool] = []
        self._told: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

    def send(self, **order: object) -> None:
        self.orders.append(order)

    def events(self) -> Iterator[dict[str, Any]]:
        while (event := self._told.get()) is not None:
            yield event

    def tell(self, event: str, **details: object) -> None:
        self._told.put({"event": event, **details})

    def leave(self, code: int) -> None:
        self.code = code
        self._told.put(None)

    def end(self, *, gently: bool) -> int:
        self.ended.append(gently)
        self._told.put(None)
        return self.code


class FakeBrowser:
    def __init__(self) -> None:
        self.opened: list[str] = []
        self.broken = False

    def open(self, url: str, environ: Mapping[str, str]) -> None:
        if self.broken:
            raise NoBrowserError("no browser could be opened here")
        self.opened.append(url)

    def tidy(self) -> float | None:
        return None


class Scene:
    """A keeper at work, with fakes around it."""

    def __init__(self, place: Path) -> None:
        self.children: list[FakeChild] = []
        self.browser = FakeBrowser()
        self.said: list[str] = []
        self.clock = FakeClock()
        self.dashboard: str | None = HOME
        self.refuses = False
        self.place = place
        self.codes = 0
        self.keeper = Keeper(
            *(lambda: self.dashboard, self.code, place, self.browser, self.clock, self.said.append, self.launch),
            {"DISPLAY": ":7"},
        )

    def code(self) -> str:
        self.codes += 1
        return f"c{self.codes}"

    def launch(self, environ: Mapping[str, str]) -> FakeChild:
        if self.refuses:
            raise LaunchError("the window can't be started: no memory")
        self.children.append(FakeChild(environ))
        return self.children[-1]

    def opened(self, count: int = 1) -> FakeChild:
        until(lambda: len(self.children) == count and bool(self.children[-1].orders), what=f"window {count}")
        return self.children[-1]

    def hang(self, ticks: int) -> None:
        for _ in range(ticks):
            self.keeper.tick()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path / "window.json")
    stop = Stop()
    thread = threading.Thread(target=made.keeper.run, args=(stop,))
    thread.start()
    yield made
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_the_first_request_opens_the_window_with_a_code_in_its_orders(scene: Scene) -> None:
    scene.keeper.show("alerts/7", {"DISPLAY": ":9"})
    child = scene.opened()
    assert child.orders[0]["url"] == f"{HOME}/alerts/7#code=c1"
    assert child.environ["DISPLAY"] == ":9"


def test_a_second_request_raises_the_window_and_opens_no_other(scene: Scene) -> None:
    scene.keeper.show()
    child = scene.opened()
    scene.keeper.show()
    scene.keeper.show("settings")
    until(lambda: len(child.orders) == 3, what="both orders")
    assert child.orders[1:] == [{"do": "show", "url": None}, {"do": "show", "url": f"{HOME}/settings#code=c2"}]
    assert len(scene.children) == 1


def test_a_window_that_is_closed_stays_closed_until_asked_for(scene: Scene) -> None:
    scene.keeper.show()
    scene.opened().leave(0)
    until(lambda: not scene.keeper.outlook.open, what="the closing")
    assert scene.said == []
    scene.keeper.show()
    scene.opened(2)


def test_one_that_was_closing_when_it_was_asked_for_is_opened_anew(scene: Scene) -> None:
    scene.keeper.show()
    child = scene.opened()
    scene.keeper.show("alerts")
    until(lambda: len(child.orders) == 2, what="the order")
    child.leave(0)
    assert scene.opened(2).orders[0]["url"] == f"{HOME}/alerts#code=c3"


def test_one_that_followed_and_was_closed_later_stays_closed(scene: Scene) -> None:
    scene.keeper.show()
    child = scene.opened()
    scene.keeper.show("alerts")
    child.tell("raised")
    child.leave(0)
    until(lambda: not scene.keeper.outlook.open, what="the closing")
    assert len(scene.children) == 1


def test_its_place_is_kept_and_given_to_the_next(scene: Scene) -> None:
    scene.keeper.show()
    child = scene.opened()
    child.tell("geometry", width=900, height=700, x=10, y=20)
    child.leave(0)
    until(lambda: not scene.keeper.outlook.open, what="the closing")
    assert load(scene.place) == Geometry(900, 700, 10, 20)
    scene.keeper.show()
    assert scene.opened(2).orders[0]["geometry"] == {"width": 900, "height": 700, "x": 10, "y": 20}


def test_a_crash_is_told_and_the_same_page_opened_again(scene: Scene) -> None:
    scene.keeper.show("alerts/7")
    scene.opened().leave(-11)
    assert scene.opened(2).orders[0]["url"] == f"{HOME}/alerts/7#code=c2"
    assert scene.said == ["the window crashed, and was opened again"]
    scene.children[-1].tell("loaded")
    until(lambda: scene.keeper.outlook.problem is None, what="the recovery")


def test_the_fourth_crash_in_five_minutes_is_the_last(scene: Scene) -> None:
    scene.keeper.show()
    for number in range(1, 5):
        scene.opened(number).leave(-11)
    until(lambda: bool(scene.browser.opened), what="the browser")
    assert scene.browser.opened == [f"{HOME}/#code=c5"]
    assert "crashed 4 times" in scene.said[-1]
    assert len(scene.children) == 4


def test_crashes_long_ago_do_not_count(scene: Scene) -> None:
    scene.keeper.show()
    for number in range(1, 7):
        scene.opened(number).leave(-11)
        scene.clock.go(200)
    scene.opened(7)
    assert scene.browser.opened == []


@pytest.mark.parametrize(("loaded", "patience"), [(True, MOST_SILENT_TICKS), (False, MOST_OPENING_TICKS)])
def test_a_window_that_hangs_is_ended_and_opened_again(tmp_path: Path, loaded: bool, patience: int) -> None:
    scene = Scene(tmp_path / "window.json")
    scene.keeper.take(Request("", {}))
    child = scene.children[0]
    if loaded:
        scene.keeper.take(Told(child, {"event": "loaded"}))
    scene.hang(patience)
    assert child.ended == []
    scene.keeper.take(Told(child, {"event": "beat"}))
    scene.hang(MOST_SILENT_TICKS)
    assert child.ended == []
    scene.hang(1)
    assert child.ended == [False]
    assert len(scene.children) == 2
    assert "did not answer" in scene.said[-1]


def test_without_a_web_view_the_browser_opens_and_the_way_to_one_is_told(scene: Scene) -> None:
    scene.keeper.show("alerts")
    child = scene.opened()
    child.tell("unavailable", detail="no gi", hint="install WebKitGTK")
    child.leave(69)
    until(lambda: bool(scene.browser.opened), what="the browser")
    assert scene.browser.opened == [f"{HOME}/alerts#code=c2"]
    assert scene.said == [
        "there is no web view (no gi), so that the browser is used; to have a window, install WebKitGTK"
    ]


def test_where_nothing_opens_the_address_is_told(scene: Scene) -> None:
    scene.refuses = scene.browser.broken = True
    scene.keeper.show()
    until(lambda: len(scene.said) == 2, what="the message")
    assert scene.said[-1] == f"no browser could be opened here; the dashboard is at {HOME}"


def test_without_a_dashboard_or_for_no_page_the_request_is_refused(scene: Scene) -> None:
    with pytest.raises(TraybeatError, match="no page"):
        scene.keeper.show("a//evil.example")
    scene.dashboard = None
    with pytest.raises(NoWindowError, match="does not listen"):
        scene.keeper.show()


def test_the_end_of_the_program_closes_the_window(tmp_path: Path) -> None:
    scene, stop = Scene(tmp_path / "window.json"), Stop()
    scene.keeper.show()
    thread = threading.Thread(target=scene.keeper.run, args=(stop,))
    thread.start()
    child = scene.opened()
    stop.set()
    thread.join(5)
    assert child.ended == [True]


def test_what_a_window_tells_that_is_gone_is_not_heard(scene: Scene) -> None:
    scene.keeper.show()
    first = scene.opened()
    first.leave(-11)
    scene.opened(2)
    first.tell("geometry", width=1, height=1)
    first.leave(-11)
    scene.keeper.show()
    until(lambda: len(scene.children[-1].orders) == 2, what="the order")
    assert len(scene.children) == 2
