import pytest

from traybeat.host.form import Section
from traybeat.host.nearest import nearest, nearest_key
from traybeat.model.settings import CollectorOptions
from traybeat.settings.tree import Schema

SCHEMA = Schema({"cpu": CollectorOptions, "memory": CollectorOptions})


def section(*path: str) -> Section:
    found = SCHEMA.root
    for key in path:
        member = found.members[key]
        assert isinstance(member, Section)
        found = member
    return found


@pytest.mark.parametrize(
    ("path", "key", "near"),
    [
        (("exporter",), "prot", "exporter.port"),
        (("exporter",), "Port", "exporter.port"),
        ((), "exporters", "exporter"),
        ((), "port", "exporter.port"),
        ((), "credentials", "exporter.credentials"),
        (("exporter",), "certificate", "exporter.tls.certificate"),
        (("collectors",), "cpus", "collectors.cpu"),
        (("collectors", "cpu"), "interval", "collectors.cpu.interval_seconds"),
        (("limits",), "cpu", "limits.cpu_percent"),
        (("limits",), "allow-anonymous", "exporter.allow_anonymous"),
        (("limits",), "zzz", None),
        ((), "", None),
        ((), "port" * 100_000, None),
    ],
)
def test_the_nearest_key_is_named_by_its_full_path(path: tuple[str, ...], key: str, near: str | None) -> None:
    assert nearest_key(SCHEMA, section(*path), key) == near


def test_nothing_is_nearest_among_nothing() -> None:
    assert nearest("a", []) is None
