from collections.abc import Iterator
from typing import Any

import pytest

from traybeat.host import keyring
from traybeat.host.keyring import BACKENDS, Backend, Trouble, answer


class FakeKeyring:
    def __init__(self, forgets: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self._forgets = forgets

    def get_password(self, service: str, name: str) -> str | None:
        return None if self._forgets else self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class KeyringLocked(Exception):  # noqa: N818 (the library's name)
    pass


def ask(backend: Any, platform: str = "linux", **request: Any) -> dict[str, str | None]:
    def find(asked: str) -> Iterator[Backend]:
        yield Backend(backend, "Fake")

    return answer(request, platform, find, lambda _: None)


def test_it_puts_gets_and_drops() -> None:
    fake = FakeKeyring()
    assert ask(fake, do="put", name="a", value="x") == {"value": None, "backend": "Fake"}
    assert fake.kept == {("traybeat", "a"): "x"}
    assert ask(fake, do="get", name="a") == {"value": "x", "backend": "Fake"}
    ask(fake, do="drop", name="a")
    assert ask(fake, do="get", name="a")["trouble"] == "missing"
    assert ask(fake, do="drop", name="a")["trouble"] == "missing"


def test_a_probe_leaves_nothing_behind_and_notices_a_keyring_that_forgets() -> None:
    fake = FakeKeyring()
    assert "trouble" not in ask(fake, do="probe")
    assert fake.kept == {}
    assert ask(FakeKeyring(forgets=True), do="probe")["trouble"] == "failed"


def test_windows_takes_no_long_secrets_and_says_so() -> None:
    assert ask(FakeKeyring(), "win32", do="put", name="a", value="x" * 1281)["trouble"] == "refused"
    assert "trouble" not in ask(FakeKeyring(), "win32", do="put", name="a", value="x" * 1280)


@pytest.mark.parametrize(("error", "trouble"), [(KeyringLocked("x"), "locked"), (RuntimeError("secret"), "failed")])
def test_errors_are_named_and_never_quoted(error: Exception, trouble: str) -> None:
    class Failing(FakeKeyring):
        def get_password(self, service: str, name: str) -> str | None:
            raise error

    assert ask(Failing(), do="get", name="a") == {
        "trouble": trouble, "detail": type(error).__name__, "backend": "Fake"
    }  # fmt: skip


def test_a_locked_keyring_is_not_asked_unless_somebody_may_be() -> None:
    fake = FakeKeyring()

    def locked(_: Any) -> None:
        raise Trouble("locked")

    found = [Backend(fake, "Fake")]
    assert answer({"do": "get", "name": "a"}, "linux", lambda _: iter(found), locked)["trouble"] == "locked"
    asked = answer({"do": "get", "name": "a", "prompt": True}, "linux", lambda _: iter(found), locked)
    assert asked["trouble"] == "missing"


def test_no_backend_is_absent() -> None:
    assert answer({"do": "get"}, "linux", lambda _: iter(()))["trouble"] == "absent"
    assert not list(keyring.backends("plan9"))


def test_no_backend_that_keeps_secrets_in_the_clear_is_on_the_list() -> None:
    named = {f"{module}.{name}" for pairs in BACKENDS.values() for module, name in pairs}
    assert named == {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
