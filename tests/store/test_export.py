import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from histories import BYTES, DAY, HOUR, RATIO, START, Kept
from traybeat.model.selector import Selector
from traybeat.model.settings import History as Options
from traybeat.store.export import Form, export

HOSTILE = 'a"b,c;=1+1\u202e{}'


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db", Options(1, 1, 3))
    found.give(BYTES, 7, HOSTILE)
    found.run([0.25, 0.5])
    yield found
    found.close()


def test_csv_is_read_by_others(kept: Kept) -> None:
    rows = list(csv.reader(export(kept.history.reader, Selector(), START, START + HOUR, Form.CSV)))
    assert rows == [
        ["time", "name", "labels", "average", "minimum", "maximum", "count"],
        ["2023-11-14T00:00:00.000Z", RATIO.name, "{}", "0.25", "0.25", "0.25", "1"],
        ["2023-11-14T00:00:02.000Z", RATIO.name, "{}", "0.5", "0.5", "0.5", "1"],
        ["2023-11-14T00:00:00.000Z", BYTES.name, rows[3][2], "7.0", "7.0", "7.0", "1"],
    ]
    assert json.loads(rows[3][2]) == {"device": HOSTILE}


def test_json_lines_are_read_by_others(kept: Kept) -> None:
    lines = export(kept.history.reader, Selector(BYTES.name), START, START + HOUR, Form.JSON_LINES)
    assert [json.loads(line) for line in lines] == [
        {
            "time": "2023-11-14T00:00:00.000Z",
            "name": BYTES.name,
            "labels": {"device": HOSTILE},
            "average": 7.0,
            "minimum": 7.0,
            "maximum": 7.0,
            "count": 1,
        }
    ]


def test_a_long_range_comes_in_order_and_as_finely_as_it_is_kept(kept: Kept) -> None:
    kept.run((n % 89 / 89 for n in range(2 * 24 * 60)), every=60)
    for _ in range(5):
        kept.history.flush()
    lines = export(kept.history.reader, Selector(RATIO.name), START, START + 9 * DAY, Form.JSON_LINES)
    found = [json.loads(line) for line in lines]
    times = [one["time"] for one in found]
    assert times == sorted(set(times))
    assert sum(one["count"] for one in found) == 2 + 2 * 24 * 60
    assert found[1]["count"] == 10
    assert found[-1]["count"] == 1
