import pytest

from traybeat.channels.secrecy import LONGEST, hide, parts


@pytest.mark.parametrize(
    "told",
    [
        "https://hooks.example.org/services/T01234567/B01234567/abcdefghijkl?x=1",
        "POST /services/T01234567/B01234567/abcdefghijkl?x=1 failed",
        "no such token: abcdefghijkl",
    ],
)
def test_no_part_of_a_secret_address_shows(told: str) -> None:
    url = "https://hooks.example.org/services/T01234567/B01234567/abcdefghijkl?x=1"
    shown = hide(told, parts(url))
    assert "abcdefghijkl" not in shown
    assert "***" in shown


def test_an_address_that_is_none_is_hidden_whole() -> None:
    assert hide("what is http://[::1 for", parts("http://[::1")) == "what is *** for"


def test_what_is_too_short_to_be_a_secret_is_left_alone() -> None:
    assert hide("an ox on a box", ["ox", ""]) == "an ox on a box"


def test_what_is_shown_is_short_and_printable() -> None:
    shown = hide(" a\nb\x1b" + "c" * 1000, [])
    assert len(shown) == LONGEST
    assert shown.isprintable()
