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
    backup = commands.add_parser("backup", parents=[common], help="save settings and history in a file; no secrets")
    backup.add_argument("file", metavar="FILE", help="the file to write")
    restore = commands.add_parser("restore", parents=[common], help="bring settings and history back from a backup")
    restore.add_argument("file", metavar="FILE", help="a file that `traybeat backup` wrote")
    window = commands.add_parser(
        "window", parents=[common], help="open the dashboard of the running Traybeat, starting one if there is none"
    )
    window.add_argument("page", metavar="PAGE", nargs="?", default="", help="one of its pages: alerts, settings, ...")
    commands.add_parser("quit", parents=[common], help="end the running Traybeat, and wait until it has ended")
    _secret(commands.add_parser("secret", parents=[common], help="keep passwords and the like in the keyring"), common)
    autostart = commands.add_parser("autostart", parents=[common], help="start at login, or not")
    autostart.add_argument("switch", choices=("on", "off", "status"), help="what to do about it")
    _key(commands.add_parser("key", parents=[common], help="make and revoke keys of the API"), common)
    _rules(
        commands.add_parser("rules", parents=[common], help="try alert rules on history, hand them to Prometheus"),
        common,
    )
    _export(commands.add_parser("export", parents=[common], help="write series from history as CSV or JSON lines"))
    return top


def _secret(secret: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = secret.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    keep = actions.add_parser("set", parents=[common], help="keep a secret; its value is asked for, or standard input")
    keep.add_argument("name", metavar="NAME", help="the name that the settings give it")
    drop = actions.add_parser("delete", parents=[common], help="forget a secret")
    which = drop.add_mutually_exclusive_group(required=True)
    which.add_argument("name", metavar="NAME", nargs="?", help="its name")
    which.add_argument("--all", action="store_true", help="every one that is kept for Traybeat")
    actions.add_parser("list", parents=[common], help="name the secrets that are kept")


def _key(key: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = key.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    create = actions.add_parser("create", parents=[common], help="make a key; it is shown once")
    create.add_argument("name", metavar="NAME", help="what to call it")
    create.add_argument(
        "--scope", choices=("viewer", "admin"), default="viewer", help="what it may do: read, or everything (viewer)"
    )
    actions.add_parser("list", parents=[common], help="show the keys there are, but not what opens")
    revoke = actions.add_parser("revoke", parents=[common], help="make a key worthless at once")
    revoke.add_argument("name", metavar="NAME", help="which")


def _rules(rules: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = rules.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    backtest = actions.add_parser("backtest", parents=[common], help="say when a rule would have fired")
    backtest.add_argument("rule", metavar="FILE|NAME", help="a file with rules, or the id of one of the rules in force")
    backtest.add_argument("--days", type=float, default=7.0, help="how many days to look back (7)")
    export = actions.add_parser("export", parents=[common], help="write the rules for another program")
    export.add_argument("--format", choices=("prometheus",), default="prometheus", help="for which (prometheus)")


def _export(export: argparse.ArgumentParser) -> None:
    times = "RFC 3339, Unix seconds, or how long ago (30m, 24h, 7d)"
    export.add_argument("metric", metavar="METRIC", nargs="?", help="the metric; all of them without")
    export.add_argument(
        "--label",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="only series with this label; VALUE as in rules: x, !x, ~regex, !~regex; may be given again",
    )
    export.add_argument("--start", metavar="TIME", default="24h", help=f"the first moment (24h): {times}")
    export.add_argument("--end", metavar="TIME", default="0m", help=f"the moment after the last (now): {times}")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="how lines are written (csv)")
