import itertools
import threading
from collections.abc import Callable
from typing import Any

from traybeat.tray.glance import Face
from traybeat.tray.linux.desktop import PATIENCE_SECONDS, Desktop
from traybeat.tray.linux.statusnotifier import Hosting
from traybeat.tray.show import Ending, Hands, Show


class Asked:
    asked = False


class Notifier:
    """Plays what happens on the bus."""

    def __init__(self, play: Callable[[Hosting], None]) -> None:
        self.play = play

    def run(self, hands: Hands, ending: Ending, hosting: Hosting) -> None:
        self.play(hosting)
        ending.asked = True


class Tray:
    """An XEmbed tray: is there, or fails at first."""

    def __init__(self, *, there: bool = True, fails: bool = False) -> None:
        self.there, self.fails = there, fails
        self.runs = 0
        self.shown, self.ended = threading.Event(), threading.Event()

    def run(self, hands: Hands, wanted: Callable[[], bool], docked: Callable[[bool], None]) -> None:
        self.runs += 1
        if self.fails:
            self.fails = False
            raise ValueError("a server like no other")
        docked(self.there)
        self.shown.set()
        while wanted():
            self.ended.wait(0.001)
        docked(False)  # noqa: FBT003 (its only argument)
        self.ended.set()


class Bench:
    def __init__(self, play: Callable[["Bench", Hosting], None] | None, tray: Tray | None) -> None:
        self.now, self.missing, self.tray = 0.0, 0, tray
        self.hands = Hands(lambda: Show(Face("well", 0, "status")), tuple, lambda key: None, self.miss)
        self.ending: Any = Asked()
        notifier = None if play is None else Notifier(lambda hosting: play(self, hosting))
        self.desktop = Desktop(notifier, tray, lambda: self.now, self.sleep)

    def miss(self) -> None:
        self.missing += 1

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now > 3 * PATIENCE_SECONDS:
            self.ending.asked = True

    def run(self) -> "Bench":
        self.desktop.run(self.hands, self.ending)
        return self

    def wait(self, what: threading.Event) -> None:
        assert what.wait(10)


def test_while_a_host_shows_it_no_other_tray_is_looked_for() -> None:
    def play(bench: Bench, hosting: Hosting) -> None:
        hosting.hosted(yes=True)
        bench.now += 100
        hosting.tick()

    tray = Tray()
    assert Bench(play, tray).run().missing == 0
    assert tray.runs == 0


def test_where_there_is_no_host_the_other_kind_of_tray_has_it_until_there_is_one() -> None:
    tray = Tray()

    def play(bench: Bench, hosting: Hosting) -> None:
        hosting.hosted(yes=False)
        bench.wait(tray.shown)
        bench.now += 100
        hosting.tick()
        hosting.hosted(yes=True)
        bench.wait(tray.ended)
        tray.shown.clear()
        hosting.hosted(yes=False)
        for _ in range(1000):  # its thread may be about to end
            hosting.tick()
            if tray.shown.wait(0.01):
                break
        assert tray.runs == 2

    assert Bench(play, tray).run().missing == 0


def test_where_there_is_neither_it_is_told_once_and_not_at_once() -> None:
    def play(bench: Bench, hosting: Hosting) -> None:
        hosting.hosted(yes=False)
        bench.now += PATIENCE_SECONDS - 1
        hosting.tick()
        assert bench.missing == 0
        bench.now += 2
        hosting.tick()
        hosting.tick()
        assert bench.missing == 1

    Bench(play, Tray(there=False)).run()
    assert Bench(None, None).run().missing == 1


def test_without_a_bus_the_other_kind_of_tray_has_it() -> None:
    tray = Tray()
    bench = Bench(None, tray)
    threading.Thread(target=bench.run).start()
    bench.wait(tray.shown)
    bench.wait(tray.ended)


def test_a_tray_that_fails_is_tried_again() -> None:
    tray = Tray(fails=True)

    def play(hosting: Hosting) -> None:
        hosting.hosted(yes=False)
        assert tray.shown.wait(10)

    bench = Bench(None, tray)
    times = itertools.count(0, 30)
    Desktop(Notifier(play), tray, lambda: float(next(times)), lambda _: None).run(bench.hands, bench.ending)
    assert tray.runs == 2
