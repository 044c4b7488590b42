"""logind's signals, over a bus of the test's own."""

import subprocess
import threading
from pathlib import Path

from agent import until
from desktop.screen import bus
from servers import needs
from traybeat.host.linux.login1 import Login1
from traybeat.model.stop import Stop


def signal(environ: dict[str, str], asleep: str, member: str = "PrepareForSleep") -> None:
    name = f"org.freedesktop.login1.Manager.{member}"
    command = ["dbus-send", "--session", "--type=signal", "/org/freedesktop/login1", name, f"boolean:{asleep}"]
    subprocess.run(command, env=environ, check=True, timeout=10)


@needs("dbus-daemon")
def test_it_tells_of_sleep_and_waking_and_of_nothing_else(tmp_path: Path) -> None:
    told: list[bool] = []
    stop = Stop()
    with bus(tmp_path, activates=False) as environ:
        login1 = Login1(told.append, environ["DBUS_SESSION_BUS_ADDRESS"])
        thread = threading.Thread(target=login1.run, args=(stop,))
        thread.start()

        def heard() -> bool:
            signal(environ, "true")  # until it listens
            return bool(told)

        until(heard, what="the signal")
        signal(environ, "true", "PrepareForShutdown")
        signal(environ, "false")
        until(lambda: told[-1] is False, what="the waking")
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_without_a_bus_it_waits_and_ends_when_told() -> None:
    stop = Stop()
    thread = threading.Thread(target=Login1(print, "unix:path=/absent", again=0.01).run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
