"""Writes the manual page from the command line's own parser: man-pages(7), groff_man(7)."""

import argparse
from collections.abc import Iterator

_HEAD = """\
.TH TRAYBEAT 1 "{date}" "Traybeat {version}" "User Commands"
.SH NAME
traybeat \\- a heartbeat of your machine in the tray
.SH SYNOPSIS
.B traybeat
.RI [ OPTIONS ]
.RI [ COMMAND ]
.SH DESCRIPTION
Traybeat collects processor, memory, disks, network, processes, sensors and battery, keeps thirty days of them, raises
alerts and serves it all to Prometheus on http://127.0.0.1:9100/metrics.
.PP
Without a command it runs: with an icon in the tray where there is a desktop session, else headless.
"""
_TAIL = """\
.SH ENVIRONMENT
.TP
.BR TRAYBEAT_CONFIG_DIR ", " TRAYBEAT_DATA_DIR
The directories of the settings and of the data, as the options \\-\\-config and \\-\\-data name them.
.TP
.BI TRAYBEAT_ SECTION __ NAME
Overrides a setting, for example TRAYBEAT_EXPORTER__PORT=9105.
.TP
.BI TRAYBEAT_SECRET_ NAME
A secret that the settings name, where there is no keyring; with _FILE behind it, the path of a file that holds it.
.SH FILES
.TP
.I ~/.config/traybeat/settings.yaml
The settings, with a comment on each.
.TP
.I ~/.config/traybeat/rules.yaml
The alert rules.
.TP
.I ~/.local/share/traybeat
History and alerts.
.TP
.I ~/.local/state/traybeat/log/traybeat.log
The log.
.PP
.B traybeat doctor
tells where they are.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed.
.TP
.B 2
Wrong settings or usage.
.TP
.B 3
Another instance runs.
.SH SEE ALSO
.BR systemctl (1),
.BR loginctl (1);
the user unit
.I traybeat.service
runs it without a desktop session.
"""


def escaped(text: str) -> str:
    """Give a text as roff shows it: its dashes are those of the keyboard, and no line is a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def manual(parser: argparse.ArgumentParser, version: str, date: str) -> str:
    """Give the page as roff."""
    parts = [_HEAD.format(date=date, version=version), ".SH OPTIONS", *_options(parser), ".SH COMMANDS"]
    for words, command, told in _commands(parser):
        usage = " ".join((*words, *(_operand(action) for action in _operands(command))))
        parts += [".TP", f".B traybeat {escaped(usage)}", escaped(f"{told[:1].upper()}{told[1:]}.")]
        inherited = {option for action in parser._actions for option in action.option_strings}
        own = list(_options(command, inherited))
        parts += [".RS", *own, ".RE"] if own else []
    return "\n".join((*parts, _TAIL))


def _commands(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                deeper = list(_commands(command, (*words, name)))
                yield from deeper or [((*words, name), command, told[name])]


def _operands(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not action.option_strings]


def _operand(action: argparse.Action) -> str:
    name = str(action.metavar or "|".join(action.choices or (action.dest,)))
    return f"[{name}]" if action.nargs == "?" else name


def _options(parser: argparse.ArgumentParser, but: set[str] | frozenset[str] = frozenset()) -> Iterator[str]:
    for action in parser._actions:
        if action.option_strings and not but & set(action.option_strings):
            names = ", ".join(map(escaped, action.option_strings))
            value = "" if action.nargs == 0 else f" {_value(action)}"
            told = (action.help or "").replace("%%", "%")
            yield from (".TP", f".B {names}{escaped(value)}", escaped(f"{told[:1].upper()}{told[1:]}."))


def _value(action: argparse.Action) -> str:
    return str(action.metavar or "|".join(action.choices or (action.dest.upper(),)))
