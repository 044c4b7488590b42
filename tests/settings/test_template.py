import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from traybeat.collectors.registry import discover
from traybeat.host.document import parse
from traybeat.host.validation import validate
from traybeat.model.settings import CollectorOptions, SecretRef
from traybeat.settings.template import WIDTH, default_file, reference
from traybeat.settings.tree import Schema

_SETTING = re.compile(r"^( *)#(?=[a-z_0-9]+:)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    word: Annotated[Literal["a|b", "none"], "A word"] = "a|b"
    text: Annotated[str, "A long text with {braces}: and a colon " * 5] = "# {value}: on 'host' \"x\""
    number: Annotated[str, "Digits that are text"] = "9100"
    hosts: Annotated[tuple[str, ...], "Hosts"] = ("::1", "true", "a b")
    headers: Annotated[Mapping[str, str], "Headers"] = field(default_factory=lambda: {"X-A": "b: c", "null": ""})
    password: Annotated[SecretRef | None, "A secret"] = field(default_factory=lambda: SecretRef("a name"))


REAL = Schema({one.name: one.options for one in discover()})
ODD = Schema({"odd": Options, "9100": CollectorOptions, "nothing": CollectorOptions})


def settings(schema: Schema, text: str) -> object:
    values, faults = validate(parse(text.encode()), schema)
    assert faults == ()
    return schema.build(values)


@pytest.mark.parametrize("schema", [REAL, ODD, Schema()])
def test_the_file_holds_the_defaults(schema: Schema) -> None:
    assert settings(schema, default_file(schema)) == schema.build({})


@pytest.mark.parametrize("schema", [REAL, ODD])
def test_the_file_with_every_setting_switched_on_holds_the_defaults(schema: Schema) -> None:
    text, count = _SETTING.subn(r"\1", default_file(schema))
    assert count == len(list(schema.leaves()))
    given_values, faults = validate(parse(text.encode()), schema)
    assert faults == ()
    assert schema.build(given_values) == schema.build({})
    assert set(given_values) == {leaf.path for leaf in schema.leaves() if leaf.default is not None}


@given(st.sets(st.integers(0, len(list(REAL.leaves())) - 1)))
def test_any_settings_may_be_switched_on(chosen: set[int]) -> None:
    number = itertools.count()
    text = _SETTING.sub(lambda match: match[1] if next(number) in chosen else match[0], default_file(REAL))
    assert settings(REAL, text) == REAL.build({})


def test_switching_one_line_on_suffices() -> None:
    text = default_file(REAL).replace("  #port: 9100", "  port: 9105")
    values, _ = validate(parse(text.encode()), REAL)
    assert values == {("exporter", "port"): 9105}


def test_each_setting_is_described_with_what_it_takes() -> None:
    text = default_file(REAL)
    assert "  # TCP port to listen on: a whole number from 1 to 65535\n  #port: 9100\n" in text
    assert "  # The listener" not in text
    assert "# The listener that Prometheus scrapes\nexporter:\n" in text
    assert text.count("{secret: NAME}: {secret: NAME}") == 0


@pytest.mark.parametrize("schema", [REAL, ODD])
def test_comments_keep_within_the_width(schema: Schema) -> None:
    lines = default_file(schema).splitlines()
    assert max(map(len, (line for line in lines if line.startswith("#")))) <= WIDTH
    assert all(line == line.rstrip() and "\t" not in line for line in lines)


def test_any_yaml_reader_reads_the_file() -> None:
    sections = {
        "collectors",
        "dashboard",
        "exporter",
        "history",
        "alerts",
        "api",
        "appearance",
        "channels",
        "limits",
        "updates",
    }
    assert set(yaml.safe_load(default_file(REAL))) == sections


def test_the_reference_has_a_row_for_each_setting() -> None:
    rows = reference(ODD).splitlines()
    assert len(rows) == 2 + len(list(ODD.leaves()))
    assert "| `exporter.port` | TCP port to listen on | a whole number from 1 to 65535 | `9100` |" in rows
    assert "| `exporter.tls.key` | Path of the certificate's private key (PEM) | text | none |" in rows


def test_bars_in_the_reference_do_not_make_cells() -> None:
    (row,) = (row for row in reference(ODD).splitlines() if row.startswith("| `collectors.odd.word`"))
    assert row.replace(r"\|", "").count("|") == 5
