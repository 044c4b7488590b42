from collections.abc import Mapping

import pytest

from traybeat.host.form import Path
from traybeat.model.errors import Fault
from traybeat.model.settings import CollectorOptions, SecretRef
from traybeat.settings.environment import overrides, variable
from traybeat.settings.tree import Schema

SCHEMA = Schema({"cpu": CollectorOptions})


def values(**environ: str) -> Mapping[Path, object]:
    found, faults = overrides(environ, SCHEMA)
    assert faults == ()
    return found


def faults(**environ: str) -> list[str]:
    return [str(fault) for fault in overrides(environ, SCHEMA).faults]


def test_two_underscores_make_a_level() -> None:
    assert variable(("collectors", "cpu", "interval_seconds")) == "TRAYBEAT_COLLECTORS__CPU__INTERVAL_SECONDS"
    assert values(TRAYBEAT_EXPORTER__PORT="9105", TRAYBEAT_COLLECTORS__CPU__INTERVAL_SECONDS="0.5") == {
        ("exporter", "port"): 9105,
        ("collectors", "cpu", "interval_seconds"): 0.5,
    }


def test_case_does_not_matter_and_upper_case_wins() -> None:
    assert values(traybeat_exporter__port="1", Traybeat_Exporter__Port="2") == {("exporter", "port"): 2}
    assert values(traybeat_exporter__port="1", TRAYBEAT_EXPORTER__PORT="3") == {("exporter", "port"): 3}


def test_text_is_taken_as_it_is() -> None:
    assert values(TRAYBEAT_EXPORTER__CREDENTIALS__USERNAME="12345", TRAYBEAT_EXPORTER__ADDRESS="::") == {
        ("exporter", "credentials", "username"): "12345",
        ("exporter", "address"): "::",
    }


def test_lists_and_secrets_are_json() -> None:
    assert values(
        TRAYBEAT_EXPORTER__HOSTS='["a", "b"]', TRAYBEAT_EXPORTER__CREDENTIALS__TOKEN='{"secret": "scrape"}'
    ) == {("exporter", "hosts"): ("a", "b"), ("exporter", "credentials", "token"): SecretRef("scrape")}


def test_a_secret_may_be_written_as_in_the_file() -> None:
    found = values(TRAYBEAT_EXPORTER__CREDENTIALS__TOKEN="{secret: scrape}")
    assert found == {("exporter", "credentials", "token"): SecretRef("scrape")}


@pytest.mark.parametrize("text", ["", " ", "null"])
def test_nothing_gives_the_default_back(text: str) -> None:
    assert values(TRAYBEAT_EXPORTER__PORT=text, TRAYBEAT_EXPORTER__ADDRESS=text, TRAYBEAT_EXPORTER__TLS__KEY=text) == {
        ("exporter", "port"): 9100,
        ("exporter", "address"): "127.0.0.1",
        ("exporter", "tls", "key"): None,
    }


def test_a_secret_without_a_name_is_the_default() -> None:
    found = values(TRAYBEAT_EXPORTER__CREDENTIALS__TOKEN='{"secret": null}')
    assert found == {("exporter", "credentials", "token"): None}


@pytest.mark.parametrize(
    "name",
    [
        "TRAYBEAT_SECRET_SMTP__PASSWORD",
        "traybeat_secret_smtp__password_file",
        "TRAYBEAT_CONFIG_DIR",
        "TRAYBEAT_DATA_DIR",
        "TRAYBEAT_PORT_9100_TCP_ADDR",
        "TRAYBEAT_",
        "EXPORTER__PORT",
        "PATH",
    ],
)
def test_other_variables_are_left_alone(name: str) -> None:
    assert overrides({name: "x"}, SCHEMA) == ({}, ())


def test_unknown_settings_are_faults_with_the_nearest_variable() -> None:
    assert faults(TRAYBEAT_EXPORTR__PORT="1", TRAYBEAT_ZZZZ__QQQQ="1") == [
        "TRAYBEAT_ZZZZ__QQQQ: found an unknown setting, expected a known one",
        "TRAYBEAT_EXPORTR__PORT: found an unknown setting, expected a known one; did you mean TRAYBEAT_EXPORTER__PORT?",
    ]


def test_a_section_is_no_setting() -> None:
    (told,) = faults(TRAYBEAT_EXPORTER__TLS='{"key": "x"}')
    assert "an unknown setting" in told
    assert "TRAYBEAT_EXPORTER__TLS__" in told


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("EXPORTER__PORT", "99999", ("", "99999", "a whole number from 1 to 65535")),
        ("EXPORTER__ENABLED", "yes", ("", '"yes"', "true or false")),
        ("EXPORTER__HOSTS", "a, b", ("", "text that is not JSON", "a list of texts, as JSON")),
        ("EXPORTER__HOSTS", '["a", 1]', ("[1]", "1", "text, in quotes")),
        ("EXPORTER__HOSTS", '{"a": 1}', ("", "a section", "a list of texts")),
        ("EXPORTER__ADDRESS", "a\udcff", ("", '"a\N{REPLACEMENT CHARACTER}"', "text")),
        ("LIMITS__CPU_PERCENT", "NaN", ("", '"NaN"', "a number from 0.1 to 100")),
        ("LIMITS__CPU_PERCENT", ".inf", ("", "inf", "a number from 0.1 to 100")),
    ],
)
def test_wrong_values_are_faults_at_their_variable(name: str, text: str, fault: tuple[str, str, str]) -> None:
    place, found, expected = fault
    assert overrides({f"TRAYBEAT_{name}": text}, SCHEMA).faults == (Fault(f"TRAYBEAT_{name}{place}", found, expected),)


@pytest.mark.parametrize("text", ["hunter2", '{"hunter2": 1}', '["hunter2"]', '{"secret": 12', "{secret: hunter2: x}"])
def test_what_stands_in_a_secrets_place_is_never_shown(text: str) -> None:
    (told,) = faults(TRAYBEAT_EXPORTER__CREDENTIALS__TOKEN=text)
    assert "expected {secret: NAME}" in told
    assert "hunter2" not in told


def test_a_hostile_name_can_not_make_lines_of_its_own() -> None:
    (fault,) = overrides({"TRAYBEAT_A__B\nforged\udcff": "x"}, SCHEMA).faults
    assert str(fault).isprintable()
