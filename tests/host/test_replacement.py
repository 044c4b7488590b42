from collections.abc import Iterable
from pathlib import Path

from traybeat.host.replacement import Identity, Replacement, identity, own_file
from traybeat.model.stop import Stop


class Looks(Stop):
    """Lets a service look as often as there is something to see."""

    def __init__(self, seen: Iterable[Identity | None]) -> None:
        super().__init__()
        self.seen = list(seen)

    def wait(self, timeout: float | None = None) -> bool:
        return not self.seen


def ended(*seen: Identity | None) -> tuple[bool, bool]:
    """Say whether the program was ended, and whether it is to start again."""
    looks = Looks(seen)
    ends: list[bool] = []
    watch = Replacement(Path("program"), lambda: ends.append(True), lambda _: looks.seen.pop(0))
    watch.run(looks)
    return bool(ends), watch.replaced


def test_a_file_that_stays_the_same_ends_nothing() -> None:
    assert ended((1,), (1,), (1,), (1,)) == (False, False)


def test_a_new_file_counts_once_it_stays() -> None:
    assert ended((1,), (2,), (3,)) == (False, False)
    assert ended((1,), (2,), (3,), (3,)) == (True, True)


def test_a_file_that_is_gone_for_a_moment_is_being_replaced() -> None:
    assert ended((1,), None, (2,), (2,)) == (True, True)
    assert ended((1,), None, (1,), (1,)) == (False, False)


def test_a_program_that_was_removed_ends_for_good() -> None:
    assert ended((1,), None, None) == (True, False)


def test_another_file_in_its_place_is_told_from_it(tmp_path: Path) -> None:
    path, beside = tmp_path / "program", tmp_path / "new"
    assert identity(path) is None
    path.write_text("a", "utf-8")
    first = identity(path)
    beside.write_text("a", "utf-8")
    assert identity(path) == first
    beside.replace(path)
    assert identity(path) != first


def test_a_program_from_source_is_not_watched() -> None:
    assert own_file() is None
