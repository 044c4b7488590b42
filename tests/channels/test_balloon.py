import pytest

from traybeat.channels.balloon import LONGEST_BODY, LONGEST_TITLE, Balloons, cut
from traybeat.model.message import Unreachable


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_notification_goes_through_the_icon_while_there_is_one() -> None:
    shown: list[tuple[str, str, int]] = []
    balloons = Balloons()
    with pytest.raises(Unreachable, match="no icon in the tray"):
        balloons.show(0, "dialog-error", "CPU busy", "95 %", 2)
    balloons.lend(lambda *one: shown.append(one))
    assert balloons.capabilities() == frozenset()
    assert balloons.show(0, "dialog-error", "CPU busy", "95 %", 2) == 0
    balloons.lend(None)
    with pytest.raises(Unreachable):
        balloons.show(0, "dialog-error", "CPU busy", "95 %", 2)
    assert shown == [("CPU busy", "95 %", 2)]


def test_what_is_too_long_for_windows_is_cut_and_nothing_is_never_said() -> None:
    shown: list[tuple[str, str, int]] = []
    balloons = Balloons()
    balloons.lend(lambda *one: shown.append(one))
    balloons.show(0, "", "t" * 500, "b" * 500, 0)
    balloons.show(0, "", "t", "", 0)
    assert [len(one) for one in shown[0][:2]] == [LONGEST_TITLE, LONGEST_BODY]
    assert shown[0][1].endswith("b\N{HORIZONTAL ELLIPSIS}")
    assert shown[1][1] == " "


def test_what_windows_refuses_is_tried_again_later() -> None:
    def refuse(title: str, body: str, urgency: int) -> None:
        raise OSError(5, "Access is denied")

    balloons = Balloons()
    balloons.lend(refuse)
    with pytest.raises(Unreachable, match="OSError"):
        balloons.show(0, "", "a", "b", 0)


@pytest.mark.parametrize("text", ["", "a" * 20, "\N{FIRE}" * 10, "\N{FIRE}" * 11, "a" + "\N{FIRE}" * 30, "a" * 21])
def test_lengths_count_as_windows_counts_them(text: str) -> None:
    short = cut(text, 20)
    assert units(short) <= 20
    assert short == text if units(text) <= 20 else units(short) >= 18
    assert text.startswith(short.removesuffix("\N{HORIZONTAL ELLIPSIS}"))
