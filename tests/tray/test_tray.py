from typing import Any

from traybeat.engine.status import readings
from traybeat.tray.glance import Glance
from traybeat.tray.show import Hands
from traybeat.tray.tray import Tray


class Desk:
    mode, language = "status", "en"

    def __init__(self) -> None:
        self.acted: list[str] = []
        self.told: list[str] = []

    def glance(self) -> Glance:
        return Glance("well", 0, 0.5, 0.5)

    def readings(self) -> Any:
        return readings({})

    def alerts(self) -> tuple[()]:
        return ()

    def newer(self) -> None:
        return None

    def login(self) -> bool:
        return False

    def snoozed(self) -> bool:
        return False

    def act(self, key: str) -> None:
        self.acted.append(key)
        if key == "broken":
            raise RuntimeError("broken")

    def tell(self, text: str) -> None:
        self.told.append(text)


class Ending:
    asked = False


class Backend:
    def __init__(self, play: Any) -> None:
        self.play = play

    def run(self, hands: Hands, ending: Any) -> None:
        self.play(hands)


def test_a_backend_gets_what_is_to_be_shown_and_what_it_does_is_done() -> None:
    desk: Any = Desk()

    def play(hands: Hands) -> None:
        show = hands.look()
        assert (show.face.level, show.tooltip[0]) == ("well", "All is well")
        assert hands.menu()[0].text == "All is well"
        hands.act("open")
        hands.missing()

    Tray(desk, Backend(play)).run(Ending())
    assert desk.acted == ["open"]
    assert "AppIndicator" in desk.told[0]


def test_what_fails_in_the_tray_ends_nothing_else() -> None:
    desk: Any = Desk()

    def play(hands: Hands) -> None:
        hands.act("broken")
        raise RuntimeError("no panel")

    Tray(desk, Backend(play)).run(Ending())
    assert desk.acted == ["broken"]
