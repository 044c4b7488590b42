"""`traybeat autostart`: starts at login, or not."""

import sys

from traybeat.host.autostart import Autostart, AutostartError, Entry

DONE, FAILED = 0, 1


def autostart(system: Autostart, switch: str) -> int:
    """Switch it `on` or `off`, or tell its `status`; gives the exit code."""
    try:
        entry = system.entry() if switch == "status" else system.switch(on=switch == "on")
    except AutostartError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(told(entry))
    return DONE


def told(entry: Entry) -> str:
    """Say how it is."""
    how = f"Traybeat starts at login ({entry.place})" if entry.on else "Traybeat does not start at login"
    return f"{how}: {entry.problem}" if entry.problem else how
