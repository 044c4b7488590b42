import json
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from traybeat.engine.control import Answer, Control, Request
from traybeat.engine.web import Web
from traybeat.host import control
from traybeat.model.errors import TraybeatError
from traybeat.model.stop import Stop

if sys.platform == "win32":
    pytest.skip("the local socket is a named pipe here, tested by the end-to-end tests", allow_module_level=True)


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


def test_a_request_is_answered_and_the_socket_goes_with_the_program(tmp_path: Path) -> None:
    where = str(tmp_path / "run" / "x.sock")
    with served(where):
        assert control.ask(where, "status") == {"well": True}
        assert control.ask(where, "large") == "x" * 10**6
        assert Path(where).stat().st_mode & 0o077 == 0
    assert not Path(where).exists()


def test_a_socket_left_behind_by_a_crash_is_taken_over(tmp_path: Path) -> None:
    where = str(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(where)
    with served(where):
        assert control.ask(where, "status") == {"well": True}


def test_an_unknown_request_is_told_what_is_known(tmp_path: Path) -> None:
    where = str(tmp_path / "x.sock")
    with served(where), pytest.raises(TraybeatError, match="it knows fail, large, refuse, status"):
        control.ask(where, "dance")


def test_an_answer_that_fails_tells_its_kind_and_nothing_more(tmp_path: Path) -> None:
    where = str(tmp_path / "x.sock")
    with served(where), pytest.raises(TraybeatError, match="ZeroDivisionError"):
        control.ask(where, "fail")


def test_a_refusal_is_told_in_its_own_words_and_has_the_details_of_the_request(tmp_path: Path) -> None:
    where = str(tmp_path / "x.sock")
    with served(where), pytest.raises(TraybeatError, match=r"^not now$"):
        control.ask(where, "refuse", what="now")


@pytest.mark.parametrize("line", [b"", b"\xff\n", b"[]\n", b'{"do": []}\n', b"null\n", b'{"do": 1}\n'])
def test_nonsense_is_answered_with_an_error(tmp_path: Path, line: bytes) -> None:
    assert "error" in json.loads(part(str(tmp_path)).reply(line))


def test_a_line_without_end_is_cut_off_and_the_next_one_is_served(tmp_path: Path) -> None:
    where = str(tmp_path / "x.sock")
    with served(where):
        with socket.socket(socket.AF_UNIX) as flood:
            flood.connect(where)
            flood.settimeout(5)
            flood.sendall(b"x" * 200_000)
            assert flood.recv(10) == b""
        assert control.ask(where, "status") == {"well": True}


def test_without_room_for_the_socket_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stop = Stop()
    stop.set()
    Web((part(str(tmp_path / "file" / "x.sock")),)).run(stop)
