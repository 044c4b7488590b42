import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from traybeat.host.secrets import EnvironmentSecrets
from traybeat.host.vault import Keyring, NoKeyringError, Vault, reachable
from traybeat.model.errors import SecretMissingError, SecretRefusedError, SecretsUnavailableError
from traybeat.model.service import Secret


class FakeHelper:
    """Answers as the helper process would, from a dictionary; `trouble` is what it answers instead."""

    def __init__(self, trouble: str | None = None) -> None:
        self.kept: dict[str, str] = {}
        self.trouble = trouble
        self.asked: list[tuple[dict[str, Any], float]] = []

    def __call__(self, request: bytes, seconds: float) -> bytes:
        told = json.loads(request)
        self.asked.append((told, seconds))
        if self.trouble:
            return json.dumps({"trouble": self.trouble, "detail": "why", "backend": "Fake"}).encode()
        name = told.get("name")
        if told["do"] == "put":
            self.kept[name] = told["value"]
        elif name is not None and name not in self.kept:
            return json.dumps({"trouble": "missing", "detail": "", "backend": "Fake"}).encode()
        value = self.kept.pop(name) if told["do"] == "drop" else self.kept.get(name)
        return json.dumps({"value": value, "backend": "Fake"}).encode()


@pytest.fixture
def helper() -> FakeHelper:
    return FakeHelper()


@pytest.fixture
def make(tmp_path: Path, helper: FakeHelper) -> Callable[..., Vault]:
    def vault(there: bool = True, **environ: str) -> Vault:
        keyring = Keyring(tmp_path / "data" / "names.json", there=there, converse=helper)
        return Vault(EnvironmentSecrets(environ), keyring)

    return vault


def test_what_is_put_is_had_again_and_named_without_its_value(
    make: Callable[..., Vault], helper: FakeHelper, tmp_path: Path
) -> None:
    vault = make()
    assert vault.put("smtp-password", Secret("hush hush")) is None
    assert vault.get("smtp-password").reveal() == "hush hush"
    assert vault.names() == ("smtp-password",)
    assert "hush" not in (tmp_path / "data" / "names.json").read_text("utf-8")
    vault.drop("smtp-password")
    assert vault.names() == ()
    with pytest.raises(SecretMissingError, match="traybeat secret set smtp-password"):
        vault.get("smtp-password")


def test_the_environment_comes_first_and_the_keyring_is_not_asked(
    make: Callable[..., Vault], helper: FakeHelper
) -> None:
    helper.kept["a"] = "from the keyring"
    assert make(TRAYBEAT_SECRET_A="from the environment").get("a").reveal() == "from the environment"
    assert helper.asked == []


@pytest.mark.parametrize("trouble", ["locked", "failed"])
def test_a_locked_keyring_is_told_and_asked_again_the_next_time(
    make: Callable[..., Vault], helper: FakeHelper, trouble: str
) -> None:
    helper.kept["a"] = "x"
    helper.trouble = trouble
    vault = make()
    with pytest.raises(SecretsUnavailableError, match=f"'a' can't be had now: the keyring .*{trouble}"):
        vault.get("a")
    with pytest.raises(SecretsUnavailableError):
        vault.put("a", Secret("y"))
    helper.trouble = None
    assert vault.get("a").reveal() == "x"


def test_a_keyring_that_does_not_answer_is_given_up_for_now(tmp_path: Path) -> None:
    def hang(request: bytes, seconds: float) -> bytes:
        raise TimeoutError

    with pytest.raises(SecretsUnavailableError, match="does not answer"):
        Keyring(tmp_path / "names", there=True, converse=hang).get("a")


def test_a_helper_that_dies_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnavailableError, match="can't be asked"):
        Keyring(tmp_path / "names", there=True, converse=lambda request, seconds: b"").get("a")


@pytest.mark.parametrize("found_out", ["by asking", "at once"])
def test_without_a_keyring_secrets_live_in_memory_and_it_is_said(
    make: Callable[..., Vault], helper: FakeHelper, found_out: str
) -> None:
    helper.trouble = "absent"
    vault = make(there=found_out == "by asking")
    told = vault.put("a", Secret("x"))
    assert told is not None
    assert "in memory until Traybeat ends; TRAYBEAT_SECRET_A would last" in told
    assert vault.get("a").reveal() == "x"
    assert vault.names() == ("a",)
    vault.drop("a")
    with pytest.raises(SecretMissingError, match="set TRAYBEAT_SECRET_A"):
        vault.drop("a")


def test_what_can_be_had_at_once_never_asks_the_keyring(make: Callable[..., Vault], helper: FakeHelper) -> None:
    helper.kept["a"] = "x"
    vault = make(TRAYBEAT_SECRET_B="y")
    assert vault.quick.get("b").reveal() == "y"
    with pytest.raises(SecretsUnavailableError):
        vault.quick.get("a")
    with pytest.raises(SecretMissingError, match="not there"):
        make(there=False).quick.get("a")
    assert helper.asked == []


@pytest.mark.parametrize("name", ["", "a b", "../x", "-a", "ä", "a" * 129, "a\n"])
def test_a_name_that_is_none_is_refused(make: Callable[..., Vault], name: str) -> None:
    with pytest.raises(SecretRefusedError, match="name"):
        make().put(name, Secret("x"))
    with pytest.raises(SecretRefusedError, match="name"):
        make(there=False).put(name, Secret("x"))
    with pytest.raises(SecretMissingError):
        make().get(name)


@pytest.mark.parametrize("value", ["", "x" * 65_537, "a\0b"])
def test_a_value_that_can_not_be_kept_is_refused_unshown(make: Callable[..., Vault], value: str) -> None:
    with pytest.raises(SecretRefusedError, match="at least one character"):
        make().put("a", Secret(value))


def test_what_the_keyring_refuses_is_told(make: Callable[..., Vault], helper: FakeHelper) -> None:
    helper.trouble = "refused"
    with pytest.raises(SecretRefusedError, match="'a' can't be kept: why"):
        make().put("a", Secret("x"))


def test_only_the_command_line_lets_somebody_be_asked_and_waits_for_that(tmp_path: Path, helper: FakeHelper) -> None:
    Keyring(tmp_path / "names", there=True, converse=helper).put("a", Secret("x"))
    Keyring(tmp_path / "names", there=True, patient=True, converse=helper).put("a", Secret("x"))
    assert [(asked["prompt"], seconds) for asked, seconds in helper.asked] == [(False, 5.0), (True, 90.0)]


def test_a_list_of_names_that_is_damaged_is_an_empty_one(tmp_path: Path, helper: FakeHelper) -> None:
    index = tmp_path / "names"
    for content in (b"{", b"3", b'[1, "a b", "ok"]'):
        index.write_bytes(content)
        assert Keyring(index, there=True, converse=helper).names() == (("ok",) if b"ok" in content else ())


def test_a_probe_tells_the_backend_or_what_is_wrong(tmp_path: Path, helper: FakeHelper) -> None:
    assert Keyring(tmp_path / "n", there=True, converse=helper).probe() == ("Fake", None)
    helper.trouble = "locked"
    assert "locked" in str(Keyring(tmp_path / "n", there=True, converse=helper).probe().problem)
    assert "no keyring" in str(Keyring(tmp_path / "n", there=False, converse=helper).probe().problem)


def test_linux_has_no_keyring_without_a_session_bus(tmp_path: Path) -> None:
    assert not reachable({}, "linux")
    assert not reachable({"XDG_RUNTIME_DIR": str(tmp_path)}, "linux")
    (tmp_path / "bus").touch()
    assert reachable({"XDG_RUNTIME_DIR": str(tmp_path)}, "linux")
    assert reachable({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}, "linux")
    assert reachable({}, "darwin")
    with pytest.raises(NoKeyringError):
        Keyring(tmp_path / "n", there=False).get("a")
