"""docs/settings.md lists every setting as it is.

`REFRESH_DOCS=1 pytest tests/settings/test_documentation.py` brings its table up to date.
"""

import os
import re
from pathlib import Path

import pytest
import yaml

from traybeat.collectors.registry import discover
from traybeat.settings.document import parse
from traybeat.settings.template import reference
from traybeat.settings.tree import Schema
from traybeat.settings.validation import validate

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
SCHEMA = Schema({one.name: one.options for one in discover()})
_TABLE = re.compile(r"(<!-- settings: begin[^\n]*-->\n)(.*)(<!-- settings: end -->)", re.DOTALL)
_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@pytest.fixture
def page() -> str:
    text = PAGE.read_text("utf-8")
    if os.environ.get("REFRESH_DOCS"):
        text = _TABLE.sub(lambda match: f"{match[1]}{reference(SCHEMA)}{match[3]}", text)
        PAGE.write_text(text, "utf-8", newline="\n")
    return text


def test_the_table_lists_every_setting_as_it_is(page: str) -> None:
    table = _TABLE.search(page)
    assert table is not None
    assert table[2] == reference(SCHEMA), "stale: run REFRESH_DOCS=1 pytest tests/settings/test_documentation.py"


def test_the_examples_are_valid_settings(page: str) -> None:
    examples = _EXAMPLE.findall(page)
    assert examples
    for example in examples:
        assert yaml.safe_load(example)
        assert validate(parse(example.encode()), SCHEMA)[1] == ()
