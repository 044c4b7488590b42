from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import pytest

from traybeat.host.form import Leaf, Section, secretive
from traybeat.model.settings import CollectorOptions, Exporter, Limits, Range, SecretRef, Settings
from traybeat.settings.tree import Schema


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    interval_seconds: Annotated[float, "Seconds from one collection to the next", Range(1, 60)] = 5
    top: Annotated[int, "How many", Range(1, 100)] = 10
    headers: Annotated[Mapping[str, str], "Headers"] = field(default_factory=dict)
    urls: Annotated[tuple[SecretRef, ...], "Where to"] = ()


SCHEMA = Schema({"cpu": CollectorOptions, "process": Options})


def leaf(*path: str) -> Leaf:
    return next(one for one in SCHEMA.leaves() if one.path == path)


def test_nothing_given_builds_the_defaults() -> None:
    built = SCHEMA.build({})
    assert built == Settings(collectors={"cpu": CollectorOptions(), "process": Options()})
    assert Schema().build({}) == Settings()


def test_values_build_a_tree_of_the_declared_types() -> None:
    built = SCHEMA.build({("exporter", "port"): 9105, ("collectors", "process", "top"): 3})
    assert built.exporter == Exporter(port=9105)
    assert built.collectors["process"] == Options(top=3)
    assert built.collectors["cpu"] == CollectorOptions()
    assert built.limits == Limits()


def test_leaves_come_in_the_order_of_declaration_with_description_and_default() -> None:
    paths = [".".join(one.path) for one in SCHEMA.leaves()]
    assert paths[:6] == [
        "collectors.cpu.enabled",
        "collectors.cpu.interval_seconds",
        "collectors.process.enabled",
        "collectors.process.interval_seconds",
        "collectors.process.top",
        "collectors.process.headers",
    ]
    assert leaf("exporter", "port").description == "TCP port to listen on"
    assert leaf("exporter", "port").default == 9100
    assert leaf("collectors", "process", "interval_seconds").default == 5
    assert leaf("collectors", "process", "interval_seconds").kind.expected == "a number from 1 to 60"


def test_sections_carry_their_description() -> None:
    tls = SCHEMA.root.members["exporter"]
    assert isinstance(tls, Section)
    assert tls.members["tls"].description == "HTTPS, when both are set"


def test_a_setting_without_description_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Bare(CollectorOptions):
        top: int = 1

    with pytest.raises(TypeError, match=r"collectors\.bare\.top has no description"):
        Schema({"bare": Bare}).build({})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("exporter", "hosts", 1), "exporter.hosts[1]"),
        (("exporter", "prot"), "exporter.prot"),
        (("nowhere", "at", "all"), "nowhere.at.all"),
        (("exporter", "credentials", "password", "hunter2", 1), "exporter.credentials.password"),
        (("collectors", "process", "urls", 0, "hunter2"), "collectors.process.urls[0]"),
        (("collectors", "process", "headers", "X-A"), "collectors.process.headers.X-A"),
        (("a\nb", "c" * 1000), "a\N{REPLACEMENT CHARACTER}b." + "c" * 63 + "…"),
    ],
)
def test_a_path_is_told_as_far_as_it_may_be_shown(path: tuple[str | int, ...], text: str) -> None:
    assert SCHEMA.told(path) == text


def test_lists_of_secrets_are_as_secretive_as_one() -> None:
    assert secretive(leaf("exporter", "credentials", "token").kind)
    assert secretive(leaf("collectors", "process", "urls").kind)
    assert not secretive(leaf("collectors", "process", "headers").kind)


def test_changes_are_named() -> None:
    old = SCHEMA.build({})
    new = SCHEMA.build({("exporter", "port"): 1, ("collectors", "cpu", "enabled"): False})
    assert list(SCHEMA.changes(old, new)) == ["collectors.cpu.enabled", "exporter.port"]
    assert list(SCHEMA.changes(new, new)) == []


def test_settings_without_collectors_can_be_compared() -> None:
    assert "collectors.cpu.enabled" in SCHEMA.changes(Settings(), SCHEMA.build({}))
