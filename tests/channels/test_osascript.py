import subprocess
from typing import Any

import pytest

from counterparts import HOSTILE
from traybeat.channels.osascript import OsaScript
from traybeat.model.message import Unreachable


def test_what_is_said_is_an_argument_and_never_a_part_of_the_script() -> None:
    ran: list[tuple[list[str], dict[str, Any]]] = []
    service = OsaScript(lambda command, **options: ran.append((command, options)))
    assert service.capabilities() == frozenset()
    assert service.show(0, "dialog-error", 'say "x"', HOSTILE, 2) == 0
    ((command, options),) = ran
    assert command[0] == "/usr/bin/osascript"
    assert command[-2:] == ['say "x"', HOSTILE]
    assert command[1:-2:2] == ["-e"] * 3
    assert HOSTILE not in "".join(command[:-1])
    assert options["check"]
    assert options["timeout"] < 30


@pytest.mark.parametrize(
    "error",
    [FileNotFoundError(2, "osascript"), subprocess.CalledProcessError(1, "x"), subprocess.TimeoutExpired("x", 1)],
)
def test_what_goes_wrong_is_tried_again_later(error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    with pytest.raises(Unreachable, match=type(error).__name__):
        OsaScript(fail).show(0, "", "a", "b", 0)
