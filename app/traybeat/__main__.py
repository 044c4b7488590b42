"""The command line. Signals are caught before anything heavy is imported, so that an early end is a clean one too."""

import os
import signal
import sys
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType

TYPE_CHECKING = False  # typing itself costs a start 10 ms before the signals are caught
if TYPE_CHECKING:
    from argparse import Namespace

    from traybeat.host.paths import Paths

FAILED = 1
_HELPERS = {
    "edit": "traybeat.host.editing",
    "keyring": "traybeat.host.keyring",
    "popup": "traybeat.tray.linux.popup_window",
    "statvfs": "traybeat.host.statvfs",
    "update": "traybeat.updates.asking",
    "window": "traybeat.window.view",
}


class Ending:
    """Remembers that the program was asked to end, and by what, and wakes whoever waits for it.

    A SimpleQueue, as an Event's lock may be held by the very code that a signal interrupts.
    """

    def __init__(self) -> None:
        self.asked = False
        self.by = ""
        self.interrupts = False
        self._queue: SimpleQueue[None] = SimpleQueue()

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (a signal handler's arguments)
        """Take a signal; the same one again ends the program on the spot. At a logoff several come together."""
        name = signal.Signals(number).name
        if self.by == name:
            os._exit(128 + number)
        if not self.asked:
            self.asked, self.by = True, name
        self._queue.put(None)
        if self.interrupts:
            raise KeyboardInterrupt

    def end(self, by: str) -> None:
        """Ask the program to end, from within; `by` says where that was chosen."""
        self.asked, self.by = True, by
        self._queue.put(None)

    def wait(self) -> None:
        """Wait until asked to end."""
        while not self.asked:
            # Windows delivers no signal to a thread that waits without a time-out. Elsewhere, two signals at once, as a
            # logoff sends them, may both reach another thread, and then nothing wakes this one to run their handler.
            with suppress(Empty):
                self._queue.get(timeout=1.0)


def catch() -> Ending:
    """Catch the signals that mean: end."""
    ending = Ending()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, ending)
    return ending


def helper(name: str) -> int:
    """Be one of the short-lived helpers that the resident process starts."""
    from importlib import import_module

    return int(import_module(_HELPERS[name]).main())


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do what it says; gives the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["--helper"] and len(arguments) > 1 and arguments[1] in _HELPERS:
        return helper(arguments[1])
    ending = catch()
    if sys.platform == "win32" and sys.stderr is None:
        from traybeat.host.windows.dialog import outspoken

        return outspoken(lambda: obey(arguments, ending))
    return obey(arguments, ending)


def obey(arguments: list[str], ending: Ending) -> int:
    """Do what the arguments say; gives the exit code."""
    from traybeat.commands.parser import parser

    return dispatch(parser().parse_args(arguments), ending)


def dispatch(options: "Namespace", ending: Ending) -> int:
    """Run the command that the options name; gives the exit code."""
    from traybeat.host.paths import locate
    from traybeat.model.errors import TraybeatError

    paths = locate(options.config, options.data, os.environ)
    try:
        if options.command is None:
            from traybeat.commands.run import run

            return run(paths, options.log_format, options.log_level, ending, headless=options.headless)
        ending.interrupts = True
        return command(options, paths)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except TraybeatError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


def command(options: "Namespace", paths: "Paths") -> int:
    """Run one of the commands that do not stay."""
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="replace")  # a terminal may lack a character that a process has in its name
    return _COMMANDS[options.command](options, paths)


def _status(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.status import status

    return status(paths, as_json=options.json)


def _check(options: "Namespace", paths: "Paths") -> int:  # noqa: ARG001 (commands are called alike)
    from functools import partial

    from traybeat.commands.check import check
    from traybeat.composition.inspection import examine

    return check(paths.settings, partial(examine, paths))


def _doctor(options: "Namespace", paths: "Paths") -> int:  # noqa: ARG001 (commands are called alike)
    from functools import partial

    from traybeat.commands.desk import findings
    from traybeat.commands.doctor import doctor
    from traybeat.composition.inspection import examine
    from traybeat.composition.system import collectors, login
    from traybeat.host.clock import SystemClock
    from traybeat.host.vault import Keyring, reachable

    clock, keyring = SystemClock(), Keyring(paths.secret_names, there=reachable(os.environ))
    desk = findings(keyring, login(paths.options), os.environ)
    return doctor(paths, clock, collectors(clock), partial(examine, paths), desk)


def _backup(options: "Namespace", paths: "Paths") -> int:
    from pathlib import Path

    from traybeat.commands.backup import backup

    return backup(paths, Path(options.file))


def _restore(options: "Namespace", paths: "Paths") -> int:
    from pathlib import Path

    from traybeat.commands.restore import restore
    from traybeat.composition.inspection import examine
    from traybeat.host.clock import SystemClock

    return restore(paths, Path(options.file), SystemClock(), examine)


def _export(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.export import export

    return export(paths, options)


def _key(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.key import key

    return key(paths, options)


def _rules(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.rules import rules

    return rules(paths, options)


def _window(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.window import window
    from traybeat.host.autostart import command as own

    return window(paths, options.page, own(paths.options))


def _quit(options: "Namespace", paths: "Paths") -> int:  # noqa: ARG001 (commands are called alike)
    from traybeat.commands.quit import quit_

    return quit_(paths)


def _secret(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.secret import secret

    return secret(paths, options)


def _autostart(options: "Namespace", paths: "Paths") -> int:
    from traybeat.commands.autostart import autostart
    from traybeat.composition.system import login

    return autostart(login(paths.options), options.switch)


_COMMANDS = {
    "status": _status,
    "check": _check,
    "doctor": _doctor,
    "backup": _backup,
    "restore": _restore,
    "export": _export,
    "key": _key,
    "rules": _rules,
    "window": _window,
    "quit": _quit,
    "secret": _secret,
    "autostart": _autostart,
}


if __name__ == "__main__":
    sys.exit(main())
