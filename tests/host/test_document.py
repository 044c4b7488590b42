import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from traybeat.host.document import DEEPEST, MOST_BYTES, DamagedError, parse, value_of
from traybeat.host.scalars import Plain
from traybeat.model.errors import Fault, WrongSettingsError

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def found(text: str) -> list[str]:
    """What is remarked of a file, with the lines."""
    return [f"{remark.line}: {remark.found}" for remark in parse(text.encode()).remarks]


def damage(content: bytes) -> Fault:
    with pytest.raises(DamagedError) as caught:
        parse(content)
    (fault,) = caught.value.faults
    assert fault.path == "the file"
    assert fault.expected.endswith("; delete it to get the defaults back")
    return fault


@pytest.mark.parametrize("loader", LOADERS)
def test_a_file_is_read_to_plain_values_with_their_lines(loader: Any) -> None:
    document = parse(b"# mine\nexporter:\n  port: 9105\n  hosts:\n    - a\n    - 'true'\nlimits: {cpu: .5}\n", loader)
    assert document.values == {"exporter": {"port": 9105, "hosts": ["a", "true"]}, "limits": {"cpu": 0.5}}
    assert document.lines[("exporter", "port")] == 3
    assert document.lines[("exporter", "hosts", 1)] == 6
    assert document.lines[("limits", "cpu")] == 7
    assert document.remarks == ()


@pytest.mark.parametrize("content", [b"# only\n# comments", b"---\n", b"---\n# x\n...\n", b"~\n", b"%YAML 1.1\n---\n"])
def test_a_file_of_comments_alone_holds_nothing_and_is_right(content: bytes) -> None:
    document = parse(content)
    assert (document.values, document.remarks) == (None, ())


@pytest.mark.parametrize(
    "content", [b"a: 1\r\nb: 2\r\n", b"\xef\xbb\xbfa: 1\nb: 2", b"a: 1\rb: 2\r", b"\n\n---\na: 1\nb: 2\n"]
)
def test_line_ends_and_byte_order_marks_of_any_editor_are_read(content: bytes) -> None:
    assert parse(content).values == {"a": 1, "b": 2}


def test_words_and_times_stay_text() -> None:
    values = parse(b"[yes, no, on, 22:00, 2026-01-01, <<, =]").values
    assert values == ["yes", "no", "on", "22:00", "2026-01-01", "<<", "="]


@pytest.mark.parametrize("content", [b"", b"  \n\t\r\n", b"\0" * 4096, b"\xef\xbb\xbf", b"\n\0\0"])
def test_a_file_with_nothing_in_it_is_damaged(content: bytes) -> None:
    assert "half written" in damage(content).found


def test_a_file_with_a_torn_end_is_damaged() -> None:
    fault = damage(b"exporter:\n  port: 91\0\0\0\0")
    assert (fault.found, fault.line) == ("a NUL byte", 2)


def test_control_characters_are_damage() -> None:
    fault = damage(b"a: 1\nb: \x1b[31m\n")
    assert (fault.found, fault.line) == ("the control character U+001B", 2)


@pytest.mark.parametrize("content", ["a: é".encode("latin-1"), "a: é".encode("utf-16"), b"a: \xed\xa0\x80"])
def test_what_is_not_utf_8_is_damaged(content: bytes) -> None:
    fault = damage(content)
    assert "UTF-8" in fault.expected
    assert fault.line == 1


def test_a_tab_in_the_indentation_is_told_as_such() -> None:
    fault = damage(b"exporter:\n\tport: 1\n")
    assert (fault.found, fault.line) == ("a tab in the indentation", 2)
    assert fault.expected.startswith("spaces")


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\n", 2), ("a: 'x\n", 2), ("a: 1\n  b: 2\n", 2), ("a: @x\n", 1), ("%YAML 3.0\n---\n", 1), ("a: 1\n\n}", 3)],
)
def test_what_is_not_yaml_is_damaged_on_its_line(loader: Any, text: str, line: int) -> None:
    with pytest.raises(DamagedError) as caught:
        parse(text.encode(), loader)
    (fault,) = caught.value.faults
    assert fault.found.startswith("text that is not YAML (")
    assert fault.line in (line, line - 1)


def test_a_key_given_twice_is_remarked_with_both_lines() -> None:
    document = parse(b"exporter:\n  port: 1\n  'port': 2\n")
    (remark,) = document.remarks
    assert (remark.path, remark.found, remark.line) == (("exporter", "port"), "the key again", 3)
    assert "line 2" in remark.expected
    assert document.values == {"exporter": {"port": 1}}


def test_keys_that_are_no_text_are_remarked() -> None:
    assert found("1: a\ntrue: b\n? [x]\n: c\n? {y: 1}\n: d\n~: e\n") == [
        "1: a number as a key",
        "2: true or false as a key",
        "3: a list as a key",
        "5: a section as a key",
        "7: nothing as a key",
    ]


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!str", "!", "!mine", "!<tag:example.org,2026:x>"])
def test_tags_are_refused_and_make_nothing(tag: str) -> None:
    document = parse(f"a: {tag} x\nb: {tag} [x]\nc: 1\n".encode())
    assert [remark.found for remark in document.remarks] == ["a tag (!)", "a tag (!)"]
    assert document.values == {"a": None, "b": None, "c": 1}


def test_anchors_and_aliases_are_refused() -> None:
    assert found("a: &x 1\nb: *x\nc: &y [1]\nd: &z {e: 1}\n") == [
        "1: an anchor (&)",
        "2: an alias (*)",
        "3: an anchor (&)",
        "4: an anchor (&)",
    ]


def test_a_secret_that_begins_like_yaml_is_not_shown() -> None:
    remarks = parse(b"- !hunter2\n- &hunter2 x\n- *hunter2\n- {hunter2: 1, hunter2: 2}\n").remarks
    assert "hunter2" not in "".join(f"{remark.found}{remark.expected}" for remark in remarks)


def test_a_second_document_is_refused() -> None:
    assert found("a: 1\n---\nb: 2\n") == ["2: a second document (---)"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_at_once(opening: str) -> None:
    began = time.perf_counter()
    document = parse((opening * (100_000 // len(opening))).encode())
    assert [remark.found for remark in document.remarks] == [f"more than {DEEPEST} levels"]
    assert document.values is None
    assert time.perf_counter() - began < 1


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST).remarks == ()


def test_a_huge_file_is_refused_but_not_damaged() -> None:
    with pytest.raises(WrongSettingsError) as caught:
        parse(b"#" * (MOST_BYTES + 1))
    assert not isinstance(caught.value, DamagedError)
    assert "256 KiB" in caught.value.faults[0].expected
    assert parse(b"#" * MOST_BYTES).values is None


def test_a_billion_laughs_do_not_unfold() -> None:
    lines = ['a0: &a0 ["lol"]'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    document = parse("\n".join(lines).encode())
    assert isinstance(document.values, dict)
    assert set(document.values.values()) == {None}
    assert {remark.found for remark in document.remarks} == {"an anchor (&)", "an alias (*)"}


@pytest.mark.parametrize(
    "text",
    [
        "k: 1\n",
        "a,",
        "\\x41",
        "\n",
        "%TAG !a! !\n",
        "---\n",
        "-\n",
        "!a ",
        "&a ",
        "*a ",
        "'",
        '"',
        ">\n",
        "a: ",
        "{",
        "[]: ",
    ],
)
def test_no_repetition_takes_long(text: str) -> None:
    content = (text * MOST_BYTES)[:MOST_BYTES].encode()
    began = time.process_time()
    read_somehow(content)
    read_somehow(b"[" + content[:-2] + b"]")
    assert time.process_time() - began < 5


def read_somehow(content: bytes) -> None:
    with contextlib.suppress(WrongSettingsError):
        parse(content)


PIECES = [*"ab1 \n\t:-?,[]{}#&*!|>'\"%@`~.\\0x\u2028é\0\x85", "\r\n", "---", "...", "<<", ": "]


@given(st.one_of(st.binary(), st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_nothing_raises_but_a_fault(content: str | bytes) -> None:
    read_somehow(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(("text", "value"), [("[a, 1]", ["a", 1]), ('{"a": "b"}', {"a": "b"}), ("x", "x")])
def test_a_single_value_is_read(text: str, value: Plain) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize("text", ["[", "&a x", "!x y", "[" * 30, "\x00"])
def test_a_single_value_that_no_file_could_hold_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_of(text)


def test_nothing_is_ever_executed(tmp_path: Path) -> None:
    target = tmp_path / "made"
    parse(f"a: !!python/object/apply:pathlib.Path.touch ['{target}']\n".encode())
    assert not target.exists()
