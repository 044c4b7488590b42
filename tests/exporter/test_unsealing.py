from fakes import FakeSecrets
from traybeat.exporter.unsealing import Unsealing
from traybeat.model.service import Secrets
from traybeat.model.stop import Stop


class Sealed:
    def __init__(self, answers: str = "") -> None:
        self.answers = list(answers)

    def unseal(self, secrets: Secrets) -> bool:
        return self.answers.pop(0) == "y"


def test_it_asks_until_there_is_an_answer_and_then_never_again() -> None:
    sealed = Sealed("nnyy")
    Unsealing(sealed, FakeSecrets(), 0.001).run(Stop())
    assert sealed.answers == ["y"]


def test_it_ends_when_told_to() -> None:
    stop = Stop()
    stop.set()
    Unsealing(Sealed(), FakeSecrets()).run(stop)
