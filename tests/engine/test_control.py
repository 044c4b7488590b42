import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from traybeat.engine.control import Answer, Control, Request
from traybeat.engine.web import Web
from traybeat.host import control
from traybeat.host.paths import Paths
from traybeat.model.errors import TraybeatError
from traybeat.model.stop import Stop


@pytest.fixture
def where(tmp_path: Path) -> str:
    return control.address(Paths(config=tmp_path, data=tmp_path, log_directory=tmp_path, runtime=tmp_path / "run"))


def fail(request: Request) -> bytes:
    raise ZeroDivisionError


def refuse(request: Request) -> bytes:
    raise TraybeatError(f"not {request['what']}")


def part(where: str) -> Control:
    large = b'"' + b"x" * 10**6 + b'"'
    answers: Mapping[str, Answer] = {
        "status": lambda _: b'{"well": true}',
        "fail": fail,
        "large": lambda _: large,
        "refuse": refuse,
    }
    return Control(where, answers)


@contextmanager
def served(where: str) -> Iterator[None]:
    stop = Stop()
    thread = threading.Thread(target=Web((part(where),)).run, args=(stop,))
    thread.start()
    try:
        for _ in range(500):
            try:
                control.ask(where, "status")
                break
            except control.NotRunningError:
                stop.wait(0.01)
        yield
    finally:
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_a_request_is_answered_whatever_the_length(where: str) -> None:
    with served(where):
        assert control.ask(where, "status") == {"well": True}
        assert control.ask(where, "large") == "x" * 10**6


def test_with_the_program_goes_the_way_to_it(where: str) -> None:
    with served(where):
        pass
    with pytest.raises(control.NotRunningError):
        control.ask(where, "status")


def test_an_unknown_request_is_told_what_is_known(where: str) -> None:
    with served(where), pytest.raises(TraybeatError, match="it knows fail, large, refuse, status"):
        control.ask(where, "dance")


def test_an_answer_that_fails_tells_its_kind_and_nothing_more(where: str) -> None:
    with served(where), pytest.raises(TraybeatError, match="ZeroDivisionError"):
        control.ask(where, "fail")


def test_a_refusal_is_told_in_its_own_words_and_has_the_details_of_the_request(where: str) -> None:
    with served(where), pytest.raises(TraybeatError, match=r"^not now$"):
        control.ask(where, "refuse", what="now")


@pytest.mark.parametrize("line", [b"", b"\xff\n", b"[]\n", b'{"do": []}\n', b"null\n", b'{"do": 1}\n'])
def test_nonsense_is_answered_with_an_error(where: str, line: bytes) -> None:
    assert "error" in json.loads(part(where).reply(line))


def test_a_line_that_is_too_long_is_cut_off_and_the_next_one_is_served(where: str) -> None:
    with served(where):
        with pytest.raises(control.NotRunningError):
            control.ask(where, "status", padding="x" * 200_000)
        assert control.ask(where, "status") == {"well": True}


def test_without_room_for_the_socket_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stop = Stop()
    stop.set()
    Web((part(str(tmp_path / "file" / "x")),)).run(stop)  # on Windows no name for a pipe
