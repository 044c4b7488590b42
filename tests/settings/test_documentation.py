"""What docs/settings.md shows can be used as it stands; tests/guards holds its table to the code."""

import re
from pathlib import Path

from traybeat.collectors.registry import discover
from traybeat.host.document import parse
from traybeat.host.validation import validate
from traybeat.settings.environment import overrides
from traybeat.settings.tree import Schema

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
SCHEMA = Schema({one.name: one.options for one in discover()})


def test_the_examples_of_files_are_right() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        values, faults = validate(parse(example.encode()), SCHEMA)
        assert (bool(values), faults) == (True, ())


def test_the_examples_of_variables_are_right() -> None:
    lines = re.findall(r"^    (TRAYBEAT_\w+)=(.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    environ = {name: value.strip("'") for name, value in lines}
    values, faults = overrides(environ, SCHEMA)
    assert (len(values), faults) == (len(lines), ())
    assert values


def test_the_faults_that_are_quoted_are_those_that_are_told() -> None:
    _, faults = validate(parse(b"# mine\nexporter:\n  prot: 9105\n  port: 99999\n"), SCHEMA)
    page = PAGE.read_text("utf-8")
    assert all(f"    {fault}\n" in page for fault in faults)
