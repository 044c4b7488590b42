import argparse

from linux.manual import escaped, manual


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", metavar="DIR", help="where the settings are")
    top = argparse.ArgumentParser(prog="traybeat", parents=[common])
    commands = top.add_subparsers(dest="command")
    key = commands.add_parser("key", parents=[common], help="make keys").add_subparsers(dest="action")
    create = key.add_parser("create", parents=[common], help="make one")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--scope", choices=("viewer", "admin"), help="what it may do")
    commands.add_parser("check", help="validate the settings")
    return top


def test_every_command_is_told_with_its_operands_and_its_own_options() -> None:
    page = manual(parser(), "1.2.3", "2026-01-02").splitlines()
    assert page[0] == '.TH TRAYBEAT 1 "2026-01-02" "Traybeat 1.2.3" "User Commands"'
    assert ".B traybeat key create NAME" in page
    assert ".B \\-\\-scope viewer|admin" in page
    assert page[page.index(".B traybeat check") + 1] == "Validate the settings."


def test_what_all_commands_take_is_told_once() -> None:
    assert manual(parser(), "1", "d").splitlines().count(".B \\-\\-config DIR") == 1


def test_text_is_shown_as_it_is() -> None:
    assert escaped(".profile's `a\\b`") == "\\&.profile's a\\eb"
