"""Exports: series as text that other programs read, a line at a time."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum

from traybeat.model.selector import Selector
from traybeat.store.query import Line, Point
from traybeat.store.reader import Reader

_COLUMNS = ("time", "name", "labels", "average", "minimum", "maximum", "count")


class Form(Enum):
    """The formats there are; the value is the usual ending of a file's name."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def export(reader: Reader, selector: Selector, start: float, end: float, form: Form) -> Iterator[str]:
    """Write what series did from `start` to before `end`, in Unix seconds, as finely as it is kept; gives lines.

    Series come one after the other, each in order of time. Times are UTC, to a tenth of a second; with a count of 1,
    average, minimum and maximum are one sample.
    """
    write = _WRITERS[form]
    if form is Form.CSV:
        yield _csv(_COLUMNS)
    for line in reader.finest(selector, start, end):
        labels = dict(line.series.labels)
        for point in line.points():
            yield write(line, labels, point)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _csv(row: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _csv_line(line: Line, labels: dict[str, str], point: Point) -> str:
    text = json.dumps(labels, ensure_ascii=False)
    return _csv((_time(point.time), line.series.name, text, *point[1:]))


def _json_line(line: Line, labels: dict[str, str], point: Point) -> str:
    values = dict(zip(_COLUMNS[3:], point[1:], strict=True))
    row = {"time": _time(point.time), "name": line.series.name, "labels": labels, **values}
    return json.dumps(row, ensure_ascii=False) + "\n"


_WRITERS: dict[Form, Callable[[Line, dict[str, str], Point], str]] = {
    Form.CSV: _csv_line,
    Form.JSON_LINES: _json_line,
}
