"""The log: events with fields, as text or JSON lines, to a terminal and to a rotated file; no fault repeats itself.

A line is made by `log.warning("collector failed", extra=fields(part="disk", error=...))`: the message names the event
and never varies, `part` says whose it is, `kind` which sort of fault.
"""

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from traybeat.host.lean import without
from traybeat.model.text import clean

with without("pickle"):  # for logging over the network, which nobody does here
    from logging.handlers import RotatingFileHandler

FILE_BYTES = 5_000_000
FILES = 3
REPEAT_SECONDS = 3600.0
LONGEST_FIELD = 2000
_MOST_KINDS = 500
_LEVELS = {"root": "WARNING", "traybeat": None}  # None: as the user asks


def fields(**values: object) -> dict[str, object]:
    """Give what `extra=` of a logging call takes, so that the values become the event's fields."""
    return {"fields": values}


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    found = getattr(record, "fields", None)
    return found if isinstance(found, Mapping) else {}


class Once(logging.Filter):
    """Lets a kind of fault through once an hour, with the count of those held back since.

    Faults are records of WARNING and above; their kind is the logger, the event, its part and its kind of error.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}
        self.held_back = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record may pass; one that passes learns how many were held back before it."""
        if record.levelno < logging.WARNING:
            return True
        found = _fields(record)
        error = record.exc_info[0] if record.exc_info else None
        key = (record.name, record.msg, found.get("part"), found.get("kind"), error)
        now = self._monotonic()
        with self._lock:
            since, repeats = self._seen.get(key, (None, 0))
            if since is not None and now - since < REPEAT_SECONDS:
                self._seen[key] = (since, repeats + 1)
                self.held_back += 1
                return False
            if len(self._seen) >= _MOST_KINDS:
                self._seen.clear()
            self._seen[key] = (now, 0)
        if repeats:
            record.fields = {**found, "repeated": repeats}
        return True


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    return formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else None


class Text(logging.Formatter):
    """One line an event for people: time, level, event, `key=value`; local time."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; whatever a value holds, it stays on its line."""
        when = _moment(record).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        parts = [f"{when} {record.levelname.lower():7} {clean(record.getMessage(), LONGEST_FIELD)}"]
        parts += [f"{key}={self._value(value)}" for key, value in _fields(record).items()]
        line = " ".join(parts)
        trace = _trace(self, record)
        return f"{line}\n{trace}" if trace else line

    @staticmethod
    def _value(value: object) -> str:
        text = clean(str(value), LONGEST_FIELD)
        return json.dumps(text, ensure_ascii=False) if not text or " " in text or '"' in text else text


class JsonLines(logging.Formatter):
    """One JSON object a line for machines: time (RFC 3339, UTC), level, logger, event, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record."""
        line: dict[str, object] = {
            "time": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": clean(record.getMessage(), LONGEST_FIELD),
        }
        for key, value in _fields(record).items():
            plain = value if isinstance(value, int | float | bool | None) else clean(str(value), LONGEST_FIELD)
            line.setdefault(key, plain)
        if trace := _trace(self, record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False)


class PrivateRotatingFile(RotatingFileHandler):
    """A rotated file that only its owner reads, and whose troubles (a full disk) stay its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="replace")

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # Unbuffered: a line that a full disk refuses is gone, and closing has nothing left to write.
        raw = os.fdopen(handle, "ab", buffering=0)
        return TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=True)

    def doRollover(self) -> None:  # noqa: N802 (logging's own name)
        """Rotate; where that is refused, as on Windows while another program holds the file, let it grow on."""
        with suppress(OSError):
            super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        """Let a line be lost rather than the program disturbed."""


class Logging:
    """The log's handlers, set up once and taken down at the end.

    `problem` says why there is no log file, where there is none.
    """

    def __init__(self, once: Once, handlers: tuple[logging.Handler, ...], problem: str | None) -> None:
        self.once = once
        self.problem = problem
        self._handlers = handlers
        self._levels = {name: logging.getLogger(name).level for name in _LEVELS}

    def close(self) -> None:
        """Close the files and leave the logging tree as it was."""
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()


def start(
    path: Path | None, form: str, level: str, monotonic: Callable[[], float], stream: TextIO = sys.stderr
) -> Logging:
    """Send the log to `stream` and to the file at `path`; `form` is `text` or `json`, `level` a logging level's name.

    A file that can't be written is a problem to tell, not a reason to stop.
    """
    once = Once(monotonic)
    handlers: list[logging.Handler] = [logging.StreamHandler(stream)]
    problem = None
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handlers.append(PrivateRotatingFile(path))
        except OSError as error:
            problem = f"{path}: {error.strerror or error}"
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(JsonLines() if form == "json" else Text())
        root.addHandler(handler)
    # One filter in front of all handlers would miss records of child loggers; the first handler decides for all.
    for handler in handlers:
        handler.addFilter(_Shared(once))
    made = Logging(once, tuple(handlers), problem)
    for name, least in _LEVELS.items():
        logging.getLogger(name).setLevel(least or level.upper())
    return made


class _Shared(logging.Filter):
    """Asks `Once` a single time for each record, however many handlers it passes."""

    def __init__(self, once: Once) -> None:
        super().__init__()
        self._once = once

    def filter(self, record: logging.LogRecord) -> bool:
        decided = getattr(record, "passes", None)
        if decided is None:
            decided = self._once.filter(record)
            record.passes = decided
        return bool(decided)
