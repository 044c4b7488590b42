import time
from dataclasses import dataclass
from typing import Annotated

from hypothesis import given
from hypothesis import strategies as st

from traybeat.host.document import Document, parse
from traybeat.host.form import Path
from traybeat.host.scalars import Plain
from traybeat.host.validation import MOST_FAULTS, validate
from traybeat.model.errors import Fault
from traybeat.model.settings import CollectorOptions, SecretRef
from traybeat.settings.tree import Schema


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    urls: Annotated[tuple[SecretRef, ...], "Where to"] = ()


SCHEMA = Schema({"cpu": Options})


def values(text: str) -> dict[Path, object]:
    found, faults = validate(parse(text.encode()), SCHEMA)
    assert faults == ()
    return found


def faults(text: str) -> list[str]:
    return [str(fault) for fault in validate(parse(text.encode()), SCHEMA)[1]]


def test_values_are_found_by_their_paths() -> None:
    assert values("collectors: {cpu: {interval_seconds: 4}}\nexporter:\n  port: 9105\n") == {
        ("collectors", "cpu", "interval_seconds"): 4.0,
        ("exporter", "port"): 9105,
    }


def test_what_is_left_empty_keeps_its_default() -> None:
    assert values("collectors:\n  cpu:\nexporter:\n  port:\n  tls: ~\n  credentials: {password: {secret: }}\n") == {}


def test_an_empty_document_has_nothing() -> None:
    assert validate(Document(), SCHEMA) == ({}, ())


def test_all_faults_are_told_in_the_order_of_lines() -> None:
    text = """\
exporter:
  prot: 9105
  port: 99999
  hosts:
    - a
    - 1
  tls: here
limits:
  cpu_percent: yes
collectors:
  cpu: {enabled: 1}
  gpu: {}
exporter: {}
"""
    assert faults(text) == [
        "line 2: exporter.prot: found an unknown key, expected a known one; did you mean exporter.port?",
        "line 3: exporter.port: found 99999, expected a whole number from 1 to 65535",
        "line 6: exporter.hosts[1]: found 1, expected text, in quotes",
        "line 7: exporter.tls: found a text, expected a section with lines such as certificate:",
        'line 9: limits.cpu_percent: found "yes", expected a number from 0.1 to 100',
        "line 11: collectors.cpu.enabled: found 1, expected true or false",
        "line 12: collectors.gpu: found an unknown key, expected a known one; did you mean collectors.cpu?",
        "line 13: exporter: found the key again, expected it once: it stands on line 1, too",
    ]


def test_a_file_that_is_no_mapping_says_what_it_should_be() -> None:
    expected = "expected a section with lines such as collectors:"
    assert faults("- a\n") == [f"line 1: the file: found a list, {expected}"]
    assert faults("# x\nhello\n") == [f"line 2: the file: found a text, {expected}"]


def test_a_section_without_any_settings_expects_none() -> None:
    found = validate(parse(b"collectors: {cpu: {}}"), Schema())[1]
    assert found == (Fault("collectors.cpu", "an unknown key", "none", None, 1),)


def test_no_fault_shows_a_secret() -> None:
    text = """\
exporter:
  credentials:
    password: hunter2
    token: {secret: {hunter2: hunter2, hunter2: 1, 5: hunter2}}
    pasword: hunter2
    username: !hunter2
collectors: {cpu: {urls: [hunter2, {hunter2: hunter2}]}}
"""
    told = faults(text)
    assert len(told) == 8
    assert "hunter2" not in "\n".join(told)
    assert told[0] == (
        "line 3: exporter.credentials.password: found a text that is not shown, "
        "expected {secret: NAME}; secrets themselves are kept elsewhere"
    )
    assert faults("exporter: {credentials: hunter2}") == [
        "line 1: exporter.credentials: found a text, expected a section with lines such as username:"
    ]


def test_a_hostile_key_can_not_make_lines_of_its_own() -> None:
    (told,) = faults('"a\\nline 1: exporter.port: found \\e[31m": 1\n')
    assert told.isprintable()


def test_thousands_of_faults_are_told_in_part_and_at_once() -> None:
    text = "".join(f"exportr{number}: 1\n" for number in range(10_000))
    began = time.process_time()
    assert len(faults(text)) == MOST_FAULTS
    assert time.process_time() - began < 5


PLAIN: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["collectors", "cpu", "exporter", "port", "hosts", "tls", "credentials", "password", "urls"])
NESTED = st.recursive(PLAIN, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=8)


@given(NESTED)
def test_any_document_gives_values_or_faults(plain: Plain) -> None:
    found, told = validate(Document(plain), SCHEMA)
    if not told:
        assert SCHEMA.build(found).exporter.port in range(1, 65536)
    assert all(str(fault).isprintable() for fault in told)
