"""`traybeat key`: who may use the API, while Traybeat runs or not."""

import argparse
import json
import sys
import time
from datetime import datetime
from typing import Any

from traybeat.alerts.journal import Journal
from traybeat.engine.keys import Keyring, create_key, encode_keys
from traybeat.host import control, instance
from traybeat.host.paths import Paths

_SECONDS = 15.0


def key(paths: Paths, options: argparse.Namespace) -> int:
    """Do what the options say; gives the exit code. Raises TraybeatError."""
    match options.action:
        case "create":
            made = _ask(paths, "create-key", name=options.name, scope=options.scope)
            print(made["key"])
            print("This is the only time that the key is shown; keep it where secrets belong.", file=sys.stderr)
        case "revoke":
            _ask(paths, "revoke-key", name=options.name)
            print(f"The key {options.name} opens nothing any more.")
        case _:
            for line in _told(_ask(paths, "keys")):
                print(line)
    return 0


def _ask(paths: Paths, request: str, **details: str) -> Any:
    try:
        return control.ask(control.address(paths), request, _SECONDS, **details)
    except control.NotRunningError:
        lock = instance.acquire(paths.lock)  # nobody starts meanwhile
    try:
        journal = Journal(paths.journal, time.time)
        try:
            return _answer(Keyring(journal, time.time), request, details)
        finally:
            journal.close()
    finally:
        lock.release()


def _answer(keyring: Keyring, request: str, details: dict[str, str]) -> Any:
    if request == "create-key":
        return json.loads(create_key(keyring, details))
    if request == "revoke-key":
        keyring.revoke(details["name"])
        return None
    return json.loads(encode_keys(keyring))


def _told(keys: list[dict[str, Any]]) -> list[str]:
    if not keys:
        return ["There are no keys; `traybeat key create NAME --scope viewer` makes one."]
    rows = [("NAME", "SCOPE", "CREATED", "LAST USED")]
    rows += [(one["name"], one["scope"], _clock(one["created_at"]), _clock(one["used_at"])) for one in keys]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _clock(unix: float | None) -> str:
    return "never" if unix is None else datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M")
