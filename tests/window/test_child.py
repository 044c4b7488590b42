import sys

import pytest

from traybeat.window.child import LaunchError, Process, surroundings

ECHO = """
import json, os, sys
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "hang":
        import time
        time.sleep(60)
    print(json.dumps({"event": order["do"], "secret": os.environ.get("TRAYBEAT_SECRET_A")}), flush=True)
    print("3", flush=True)
    print("no json", flush=True)
sys.exit(7)
"""


def start(code: str = ECHO, **environ: str) -> Process:
    return Process({"PATH": "/usr/bin", **environ}, [sys.executable, "-c", code])


def test_orders_go_in_and_events_come_out_until_it_ends() -> None:
    process = start()
    process.send(do="shown")
    events = process.events()
    assert next(events) == {"event": "shown", "secret": None}
    assert process.end(gently=True) == 7
    process.send(do="shown")


def test_it_gets_the_session_and_none_of_our_secrets() -> None:
    assert surroundings({"DISPLAY": ":0", "TRAYBEAT_SECRET_A": "x", "TRAYBEAT_API__X": "1"}) == {"DISPLAY": ":0"}
    process = start(TRAYBEAT_SECRET_A="hush")
    process.send(do="x")
    assert next(process.events())["secret"] is None
    process.end(gently=True)


def test_one_that_hangs_is_killed() -> None:
    process = start()
    process.send(do="hang")
    assert process.end(gently=False) != 0
    assert list(process.events()) == []


def test_one_that_can_not_be_started_is_told() -> None:
    with pytest.raises(LaunchError, match="can't be started"):
        Process({}, ["/absent/program"])
