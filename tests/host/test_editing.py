import json
import sys

import pytest

from traybeat.host.editing import Change, EditError, edit, edited

RULES = """\
# my rules
- id: one   # the first
  metric: a
  labels:
    device: sda  # the disk
- id: two
  metric: b
"""


def test_comments_and_order_stay() -> None:
    changed = edited(RULES, [Change((0,), {"id": "one", "metric": "c", "labels": {"device": "sdb"}})])
    assert changed == RULES.replace("metric: a", "metric: c").replace("sda", "sdb")


def test_what_is_not_given_any_more_goes_and_what_is_new_comes_last() -> None:
    changed = edited(RULES, [Change((0,), {"id": "one", "metric": "a", "enabled": False})])
    assert "sda" not in changed
    assert "enabled: false" in changed
    assert "# the first" in changed


def test_one_more_is_put_at_the_end_and_one_less_taken_out() -> None:
    more = edited(RULES, [Change((2,), {"id": "three", "metric": "c"})])
    assert more.startswith(RULES)
    assert more.endswith("- id: three\n  metric: c\n")
    assert edited(RULES, [Change((1,), gone=True)]) == RULES.partition("- id: two")[0]


def test_an_empty_file_becomes_what_is_put_into_it() -> None:
    assert edited("", [Change((0,), {"id": "x"})]) == "- id: x\n"
    assert edited("# nothing\n", [Change(("a", "b"), 1)]).endswith("a:\n  b: 1\n")


def test_sections_are_made_on_the_way_and_values_taken_out() -> None:
    text = "exporter:\n  port: 9100  # ours\n"
    assert edited(text, [Change(("exporter", "tls", "key"), "k")]) == text + "  tls:\n    key: k\n"
    assert "port:" not in edited(text, [Change(("exporter", "port"), gone=True)])
    assert edited(text, [Change(("history", "raw_hours"), gone=True)]) == text


def test_lists_that_are_written_further_in_stay_so() -> None:
    text = "exporter:\n  hosts:\n    - one\n    - two\nother: 1\n"
    assert edited(text, [Change(("other",), 2)]) == text.replace("other: 1", "other: 2")


def test_the_library_for_it_stays_out_of_this_process() -> None:
    before = "ruamel.yaml" in sys.modules
    assert edit("a: 1 # one\n", [Change(("a",), 2)]) == "a: 2 # one\n"
    assert ("ruamel.yaml" in sys.modules) is before


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"[]", b"{}", json.dumps({"error": 1}).encode()])
def test_a_helper_that_fails_changes_nothing(answer: bytes) -> None:
    with pytest.raises(EditError, match="nothing was written"):
        edit("a: 1\n", [Change(("a",), 2)], lambda request, seconds: answer)
