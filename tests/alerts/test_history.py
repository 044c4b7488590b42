import time
from pathlib import Path

import pytest

from alarms import FULL, HOT, Desk
from traybeat.alerts.history import MOST_A_PAGE, Query


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def ids(desk: Desk, query: Query) -> list[str]:
    return [one.id for one in desk.history.page(query).incidents]


def test_pages_follow_one_another_without_gap_or_overlap(desk: Desk) -> None:
    made = [desk.begin(HOT, core=str(core)).id for core in range(25)][::-1]
    found: list[str] = []
    cursor = None
    while True:
        page = desk.history.page(Query(limit=10, cursor=cursor))
        found += [one.id for one in page.incidents]
        if page.cursor is None:
            break
        desk.begin(FULL, mountpoint=str(len(found)))
        cursor = page.cursor
    assert found == made


def test_incidents_of_the_same_moment_are_paged_too(desk: Desk) -> None:
    for core in range(7):
        desk.clock.go(-1)
        desk.begin(HOT, core=str(core))
    first = desk.history.page(Query(limit=4))
    rest = desk.history.page(Query(limit=4, cursor=first.cursor))
    assert len({one.id for one in first.incidents + rest.incidents}) == 7
    assert rest.cursor is None


def test_incidents_are_found_by_time_state_severity_and_rule(desk: Desk) -> None:
    first = desk.begin(HOT)
    desk.finish(HOT)
    second = desk.begin(FULL)
    assert ids(desk, Query()) == [second.id, first.id]
    assert ids(desk, Query(state="resolved")) == [first.id]
    assert ids(desk, Query(state="firing")) == [second.id]
    assert ids(desk, Query(severity="critical")) == [second.id]
    assert ids(desk, Query(rule="hot")) == [first.id]
    assert ids(desk, Query(start=second.triggered_at)) == [second.id]
    assert ids(desk, Query(end=second.triggered_at)) == [first.id]
    assert ids(desk, Query(rule="hot", severity="critical")) == []


def test_incidents_that_lasted_into_a_time_are_found_where_they_are_wanted(desk: Desk) -> None:
    desk.begin(HOT, core="0")
    desk.finish(HOT, core="0")
    ended = desk.begin(HOT, core="1")
    lasting = desk.begin(FULL)
    desk.clock.go(100)
    start = desk.now
    desk.clock.go(100)
    desk.finish(HOT, core="1")
    assert ids(desk, Query(start=start)) == []
    assert ids(desk, Query(start=start, overlapping=True)) == [lasting.id, ended.id]


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-x", "-"])
def test_a_cursor_that_is_none_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        desk.history.page(Query(cursor=cursor))


def test_a_page_has_an_end(desk: Desk) -> None:
    desk.begin()
    assert len(desk.history.page(Query(limit=0)).incidents) == 1
    assert len(desk.history.page(Query(limit=10**9)).incidents) <= MOST_A_PAGE


def test_the_deliveries_say_how_each_channel_fared(desk: Desk) -> None:
    begun = desk.begin()
    desk.deliver("email")
    parcel = desk.parcel("slack")
    desk.outbox.failed(parcel, "HTTP 500", desk.now, 60)
    found = desk.history.get(begun.id)
    assert found is not None
    assert [(one.channel, one.state, one.attempts, one.answer) for one in found.deliveries] == [
        ("email", "sent", 1, "fine"),
        ("slack", "sending", 1, "HTTP 500"),
    ]


def test_somebody_may_say_that_they_know(desk: Desk) -> None:
    begun = desk.begin()
    when = desk.now
    assert desk.history.acknowledge(begun.id, when)
    assert desk.history.acknowledge(begun.id, when + 50)
    found = desk.history.get(begun.id)
    assert found is not None
    assert found.acknowledged_at == when
    assert not desk.history.acknowledge("no such", when)
    assert desk.history.get("no such") is None


def test_what_ended_long_ago_is_forgotten_with_its_deliveries(desk: Desk) -> None:
    old = desk.begin(HOT)
    desk.deliver()
    desk.finish(HOT)
    desk.deliver()
    still = desk.begin(FULL)
    desk.clock.go(86_400)
    new = desk.begin(HOT)
    assert desk.history.prune(desk.now - 3600) == 1
    assert ids(desk, Query()) == [new.id, still.id]
    assert desk.history.get(old.id) is None
    assert desk.journal.read("SELECT count(*) FROM messages")[0][0] == 0


def test_a_page_of_ten_thousand_alerts_takes_at_most_ten_milliseconds(desk: Desk) -> None:
    desk.begin()
    columns = (
        "rule, name, metric, unit, operator, threshold, severity, state, value, worst, last, text, processes, gone"
    )
    desk.journal.write(
        lambda db: db.execute(
            f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO alerts (id, labels, triggered_at, resolved_at, {columns})
            SELECT 'x' || i, '[["n", "' || i || '"]]', triggered_at - i, triggered_at, {columns}
            FROM alerts CROSS JOIN n"""  # noqa: S608 (our own words)
        )
    )
    cursor = None
    for query in (Query(), Query(rule="hot"), Query(state="firing"), Query(severity="warning")):
        took = []
        for _ in range(5):
            started = time.perf_counter()
            page = desk.history.page(Query(limit=100, cursor=cursor, rule=query.rule, state=query.state))
            took.append(time.perf_counter() - started)
        assert min(took) < 0.010
        assert page.incidents
