import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.selector import Compare, Matcher, Selector, WrongSelectorError, matcher, pattern

LABELS = {"device": "sda1", "mountpoint": "/home"}


@pytest.mark.parametrize(
    ("compare", "value", "fits"),
    [
        (Compare.EQUAL, "/home", True),
        (Compare.EQUAL, "/", False),
        (Compare.NOT_EQUAL, "/", True),
        (Compare.NOT_EQUAL, "/home", False),
        (Compare.MATCHES, "/h.*", True),
        (Compare.MATCHES, "/h", False),
        (Compare.MATCHES_NOT, "/h", True),
        (Compare.MATCHES_NOT, "/h.*", False),
    ],
)
def test_labels_are_compared(compare: Compare, value: str, fits: bool) -> None:
    assert Matcher("mountpoint", compare, value).fits(LABELS) is fits


def test_a_label_that_a_series_lacks_is_empty() -> None:
    assert Matcher("fstype", Compare.EQUAL, "").fits(LABELS)
    assert Matcher("fstype", Compare.NOT_EQUAL, "ext4").fits(LABELS)


def test_a_selector_wants_all_of_its_conditions_met() -> None:
    both = (Matcher("device", Compare.EQUAL, "sda1"), Matcher("mountpoint", Compare.EQUAL, "/home"))
    assert Selector("m", both).fits("m", LABELS)
    assert not Selector("other", both).fits("m", LABELS)
    assert not Selector("m", both).fits("m", LABELS | {"device": "sdb"})
    assert Selector().fits("anything", {})


@pytest.mark.parametrize(
    ("text", "compare", "value"),
    [
        ("/home", Compare.EQUAL, "/home"),
        ("!/home", Compare.NOT_EQUAL, "/home"),
        ("~sd.*", Compare.MATCHES, "sd.*"),
        ("!~sd.*", Compare.MATCHES_NOT, "sd.*"),
    ],
)
def test_conditions_are_written_as_in_rules(text: str, compare: Compare, value: str) -> None:
    assert matcher("device", text) == Matcher("device", compare, value)


@pytest.mark.parametrize(
    "text",
    [
        "sd[a-z]+[0-9]*",
        "(?:eth|wlan)0",
        "(ab){2}",
        r"C:\\.*",
        "a|b|c",
        "[]x]+",
        r"\d+\.\d+",
        r"[\[a]",
        "x*?y",
        ".*foo.*",
    ],
)
def test_useful_patterns_are_taken(text: str) -> None:
    pattern(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(a+)+$", "repeat a group"),
        ("(a|aa)+", "repeat a group"),
        ("((a*)b)*", "repeat a group"),
        ("(?:a?){30}", "repeat a group"),
        (r"(a)\1", "references"),
        ("(?=a)a", "question mark"),
        ("(?P<n>a)", "question mark"),
        (".*.*.*.*x", "4 repeats"),
        ("a" * 129, "129 characters"),
        ("[a", "not a regular expression"),
        ("[[a]", "backslash"),
        ("[a--b]", "backslash"),
        ("a)", "not a regular expression"),
        ("a{2}{3}", "not a regular expression"),
    ],
)
def test_patterns_that_are_wrong_or_may_be_slow_are_refused(text: str, why: str) -> None:
    with pytest.raises(WrongSelectorError, match=why):
        pattern(text)


@given(st.text(st.sampled_from("a.b*+?()|[]{}2,\\^$"), max_size=20))
def test_what_is_taken_is_quick_even_on_the_longest_label(text: str) -> None:
    try:
        found = pattern(text)
    except WrongSelectorError:
        return
    before = time.thread_time()
    found.fullmatch("a" * 127 + "!")
    assert time.thread_time() - before < 0.2
