from traybeat.model.metric import gauge
from traybeat.store.series import Catalogue, Entry

LOAD = gauge("load", "", "Load.", precision=0.01)
READ = gauge("read", "bytes", "Read.", "device", precision=1)


def entry(name: str, id_: int, span: tuple[int, int] = (5, 9)) -> Entry:
    found = Entry((name, (), 0.01), (), "", "")
    found.id, found.stored = id_, span
    found.first, found.last = span
    return found


def test_a_series_keeps_its_number() -> None:
    catalogue = Catalogue()
    first = catalogue.of(("load", (), 0.01), LOAD)
    second = catalogue.of(("read", ("sda",), 1), READ)
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == (1, 2)
    assert catalogue.of(("load", (), 0.01), LOAD) is first
    assert catalogue.get(2) is second
    assert second.pairs == {"device": "sda"}
    assert len(catalogue) == 2


def test_there_are_caps_on_series_of_a_metric_and_on_all() -> None:
    catalogue = Catalogue(most=3, most_of_a_metric=2)
    devices = [catalogue.of(("read", (name,), 1), READ) for name in ("a", "b", "c")]
    assert [found is not None for found in devices] == [True, True, False]
    assert catalogue.of(("load", (), 0.01), LOAD)
    assert catalogue.of(("more", (), 0.01), LOAD) is None
    assert catalogue.of(("read", ("a",), 1), READ) is devices[0]


def test_room_is_made_by_series_that_end() -> None:
    catalogue = Catalogue(most=1)
    first = catalogue.of(("read", ("a",), 1), READ)
    assert first is not None
    catalogue.drop(first)
    assert catalogue.get(first.id) is None
    assert catalogue.of(("read", ("b",), 1), READ)


def test_a_database_brings_its_own_numbers() -> None:
    catalogue = Catalogue()
    known, new = catalogue.of(("load", (), 0.01), LOAD), catalogue.of(("read", ("a",), 1), READ)
    assert known is not None
    assert new is not None
    known.seen(12)
    catalogue.of(("gone", (), 0.01), LOAD)
    catalogue.attach([entry("other", 1), entry("load", 7)], [known, new])
    assert [(one.key[0], one.id) for one in catalogue] == [("other", 1), ("load", 7), ("read", 8)]
    assert catalogue.get(7) is known
    assert (known.first, known.last, known.stored) == (5, 12, (5, 9))
    assert new.stored is None


def test_readers_are_told_the_whole_time_at_any_precision() -> None:
    told = entry("load", 1, (10, 11)).told([entry("load", 2, (12, 20))])
    assert (told.name, told.first, told.last) == ("load", 36_000, 21 * 3600)
