import re

import pytest

from counterparts import HOSTILE, message, notice
from traybeat.channels import wording
from traybeat.model.alert import Severity


@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_one_alert_is_named_in_the_headline(severity: Severity) -> None:
    assert wording.headline(message(notice(severity=severity))) == f"[{severity}] CPU busy on box"


def test_an_end_is_named_as_such() -> None:
    assert (
        wording.headline(message(notice(event="resolved", resolved_at=1_700_000_100.0))) == "[resolved] CPU busy on box"
    )


def test_several_alerts_are_counted() -> None:
    several = message(notice(), notice(severity="critical"), notice(severity="critical", event="resolved"))
    assert wording.headline(several) == "3 alert messages from box (1 critical, 1 warning, 1 resolved)"


def test_a_digest_says_so_and_what_it_leaves_out() -> None:
    digest = message(*[notice()] * 30, kind="digest")
    assert wording.headline(digest) == "Digest: 30 alert messages from box (30 warning)"
    assert wording.more(digest) == "and 10 more; see the alert history"
    assert "and 10 more" in wording.plain(digest)


def test_a_test_message_says_so() -> None:
    test = message(notices=(), kind="test")
    assert wording.headline(test) == "Test message from Traybeat on box"
    assert "alerts will reach you here" in wording.plain(test)


def test_the_plain_text_tells_all_there_is_to_know() -> None:
    text = wording.plain(message())
    for part in ("CPU busy: 95 % on box", "core: 0", "value: 95 %", "rule: > 90 %", "make (42, ann): 91 % CPU, 250 MB"):
        assert part in text
    assert re.search(r"since: 2023-11-1[45] \d\d:\d\d:\d\d ", text)


def test_an_end_tells_how_long_and_how_bad_it_was() -> None:
    text = wording.plain(message(notice(event="resolved", resolved_at=1_700_005_400.0, value=0.4)))
    for part in ("(over)", "after 1 h 30 min", "value: 40 %", "worst: 97 %"):
        assert part in text
    assert "reason" not in text


def test_an_end_for_want_of_a_source_says_why() -> None:
    assert "reason: its source or its rule is gone" in wording.plain(message(notice(event="resolved", gone=True)))


def test_an_absence_has_no_value_to_tell() -> None:
    text = wording.plain(message(notice(value=None, worst=None, threshold=None, processes=())))
    assert "value" not in text
    assert "busiest" not in text


def test_the_gravest_of_those_that_fired_counts() -> None:
    assert wording.severity([notice(), notice(severity="critical", event="resolved")]) == "warning"
    assert wording.severity([notice(severity="critical", event="resolved")]) == "info"


def test_colours_tell_severities_and_ends_apart() -> None:
    colors = {wording.color(notice(severity=one)) for one in ("info", "warning", "critical")}
    assert len(colors | {wording.color(notice(event="resolved"))}) == 4


def test_hostile_text_stays_on_its_line() -> None:
    hostile = message(
        notice(name=HOSTILE, text=HOSTILE, labels={HOSTILE: HOSTILE}, rule=HOSTILE),
        host=HOSTILE,
    )
    assert wording.headline(hostile).isprintable()
    plain = message(notice(), host="box")
    assert len(wording.plain(hostile).splitlines()) == len(wording.plain(plain).splitlines())
    assert all(line.isprintable() for line in wording.plain(hostile).splitlines())
