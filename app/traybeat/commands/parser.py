"""The command line's grammar."""

import argparse

import traybeat


def _common(*, suppress: bool) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    default = argparse.SUPPRESS if suppress else None
    common.add_argument("--config", metavar="DIR", default=default, help="directory of the settings")
    common.add_argument("--data", metavar="DIR", default=default, help="directory of the data")
    common.add_argument(
        "--log-format",
        choices=("text", "json"),
        default=argparse.SUPPRESS if suppress else "text",
        help="how log lines are written (text)",
    )
    common.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default=argparse.SUPPRESS if suppress else "info",
        help="how much is logged (info)",
    )
    return common


def parser() -> argparse.ArgumentParser:
    """Build the parser; its result has `command`, None for running."""
    top = argparse.ArgumentParser(
        prog="traybeat",
        description="A heartbeat of your machine. Without a command: run.",
        parents=[_common(suppress=False)],
    )
    top.add_argument("--version", action="version", version=f"traybeat {traybeat.__version__}")
    top.add_argument("--headless", action="store_true", help="run without looking for a display")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    common = _common(suppress=True)
    status = commands.add_parser("status", parents=[common], help="show the readings of the running Traybeat")
    status.add_argument("--json", action="store_true", help="as JSON")
    commands.add_parser("check", parents=[common], help="validate the settings without starting")
    commands.add_parser(
        "doctor", parents=[common], help="say what works on this machine, and the fix for what does not"
    )
    return top
