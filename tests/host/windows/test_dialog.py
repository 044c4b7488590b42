import sys

import pytest

from traybeat.host.windows.dialog import LONGEST, outspoken


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def test_what_a_failing_program_says_is_shown() -> None:
    shown: list[str] = []
    assert outspoken(lambda: _complain("exporter.port: 0; expected 1 to 65535", 2), shown.append) == 2
    assert shown == ["exporter.port: 0; expected 1 to 65535"]


def test_a_wrong_command_line_is_shown_too() -> None:
    shown: list[str] = []

    def run() -> int:
        _complain("usage: traybeat", 0)
        raise SystemExit(2)

    assert outspoken(run, shown.append) == 2
    assert shown == ["usage: traybeat"]


def test_what_is_said_on_the_way_to_a_good_end_bothers_nobody() -> None:
    shown: list[str] = []
    assert outspoken(lambda: _complain("notice", 0), shown.append) == 0
    assert outspoken(lambda: 3, shown.append) == 3, "and neither does silence"
    assert shown == []


def test_of_very_much_the_end_is_shown() -> None:
    shown: list[str] = []
    outspoken(lambda: _complain("x" * LONGEST + "the end", 1), shown.append)
    assert len(shown[0]) < LONGEST + 1
    assert shown[0].endswith("the end")


def test_the_stream_is_given_back() -> None:
    before = sys.stderr
    with pytest.raises(RuntimeError):
        outspoken(lambda: (_ for _ in ()).throw(RuntimeError("broken")), lambda _: None)
    assert sys.stderr is before
