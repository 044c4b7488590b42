import sqlite3
import threading
from collections.abc import Iterator, Sequence
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


class Hesitant(Journal):
    """Once told to, hands out what it has read only when `go` is set."""

    def hesitate(self) -> None:
        self.read_it, self.go = threading.Event(), threading.Event()

    def read(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        rows = super().read(sql, values)
        if hasattr(self, "go") and not self.read_it.is_set():
            self.read_it.set()
            self.go.wait(10)
        return rows


def test_a_key_stays_revoked_while_another_is_being_made(tmp_path: Path) -> None:
    journal = Hesitant(tmp_path / "journal.db", CLOCK.wall)
    keyring = Keyring(journal, CLOCK.wall)
    key = keyring.create("ops", Scope.ADMIN)
    journal.hesitate()
    making = threading.Thread(target=keyring.create, args=("other", Scope.VIEWER))
    making.start()
    assert journal.read_it.wait(10)
    revoking = threading.Thread(target=keyring.revoke, args=("ops",))
    revoking.start()
    revoking.join(0.3)
    journal.go.set()
    making.join(10)
    revoking.join(10)
    assert keyring.holder(key) is None
    journal.close()
