import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.text import LONGEST_LABEL, clean, unmarked


@pytest.mark.parametrize("text", ["eth0", "Intel® Core™", "C:\\", 'a"b', "Käse 奶酪", ""])
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("bad", ["\n", "\0", "\x1b", "\u202e", "\udcff", "\u2028", "\x7f"])
def test_what_is_not_printable_is_replaced(bad: str) -> None:
    assert clean(f"a{bad}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_long_text_is_cut_and_shows_it() -> None:
    assert clean("x" * 500) == "x" * (LONGEST_LABEL - 1) + "…"
    assert clean("x" * LONGEST_LABEL) == "x" * LONGEST_LABEL
    assert clean("abcdef", longest=4) == "abc…"


@given(st.text(st.characters(), max_size=300))
def test_clean_text_is_printable_encodable_short_and_clean(text: str) -> None:
    found = clean(text)
    assert found.isprintable()
    assert found.encode().decode() == found
    assert len(found) <= LONGEST_LABEL
    assert clean(found) == found


@given(st.binary(max_size=300))
def test_any_bytes_make_clean_text(name: bytes) -> None:
    assert clean(name.decode("utf-8", "surrogateescape")).isprintable()


@given(st.text())
def test_text_between_tags_stays_text(text: str) -> None:
    assert unmarked(text) == html.escape(text, quote=False)
