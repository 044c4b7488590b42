from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.alerts.journal import Journal
from traybeat.engine.keys import KeyExistsError, Keyring, NoSuchKeyError, WrongKeyError
from traybeat.engine.principal import Scope

CLOCK = FakeClock()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.db", CLOCK.wall)
    yield found
    found.close()


def test_a_key_is_known_after_a_restart_and_kept_nowhere(journal: Journal, tmp_path: Path) -> None:
    key = Keyring(journal, CLOCK.wall).create("ops", Scope.ADMIN)
    holder = Keyring(journal, CLOCK.wall).holder(key)
    assert holder is not None
    assert (holder.name, holder.scope, holder.kind) == ("ops", Scope.ADMIN, "key")
    assert len(key) >= 43
    for path in tmp_path.iterdir():
        assert key.encode() not in path.read_bytes()
        assert key.removeprefix("tb_").encode() not in path.read_bytes()


def test_a_key_that_was_revoked_opens_nothing(journal: Journal) -> None:
    keyring = Keyring(journal, CLOCK.wall)
    key = keyring.create("ops", Scope.VIEWER)
    keyring.revoke("ops")
    assert keyring.holder(key) is None
    assert keyring.all() == ()
    with pytest.raises(NoSuchKeyError):
        keyring.revoke("ops")


def test_names_are_taken_once_and_have_no_odd_characters(journal: Journal) -> None:
    keyring = Keyring(journal, CLOCK.wall)
    keyring.create("ops", Scope.VIEWER)
    with pytest.raises(KeyExistsError):
        keyring.create("ops", Scope.ADMIN)
    for name in ("", "-x", "a b", "x" * 65, "ä", "a\n"):
        with pytest.raises(WrongKeyError):
            keyring.create(name, Scope.VIEWER)


def test_the_last_use_is_written_once_a_minute(journal: Journal) -> None:
    clock = FakeClock()
    keyring = Keyring(journal, clock.wall)
    keyring.create("ops", Scope.VIEWER)
    assert keyring.used("ops")
    assert not keyring.used("ops")
    clock.go(61)
    assert keyring.used("ops")
    keyring.note("ops")
    assert keyring.all()[0].used_at == clock.wall()


@pytest.mark.parametrize("key", ["", "tb_", "tb_x", "nonsense"])
def test_what_is_no_key_is_nobody_s(journal: Journal, key: str) -> None:
    assert Keyring(journal, CLOCK.wall).holder(key) is None
