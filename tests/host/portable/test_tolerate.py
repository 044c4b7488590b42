from types import SimpleNamespace
from typing import Any

import pytest

from traybeat.host.portable.tolerate import tolerate


class PsutilError(Exception):
    pass


def psutil(**calls: Any) -> Any:
    return SimpleNamespace(Error=PsutilError, **calls)


def raises(error: Exception) -> Any:
    def call() -> None:
        raise error

    return call


def test_what_psutil_tells_is_handed_on() -> None:
    def call(first: int, *, second: int) -> tuple[int, int]:
        return first, second

    assert tolerate(psutil(call=call), "call", 1, second=2) == (1, 2)


def test_a_call_that_a_platform_lacks_gives_none() -> None:
    assert tolerate(psutil(), "sensors_fans") is None


@pytest.mark.parametrize(
    "error", [PsutilError(), PermissionError(), RuntimeError(), NotImplementedError(), ValueError(), KeyError()]
)
def test_a_call_that_raises_gives_none(error: Exception) -> None:
    assert tolerate(psutil(call=raises(error)), "call") is None


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(TypeError):
        tolerate(psutil(call=raises(TypeError())), "call")
