"""Finds the collectors: every module of this package that has a REGISTRATION."""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from traybeat import collectors
from traybeat.host.machine import Machine
from traybeat.model.metric import Metric
from traybeat.model.service import Collector
from traybeat.model.settings import CollectorOptions


@dataclass(frozen=True, slots=True)
class Registration:
    """What a collector's file says of itself: its section in the settings, its metrics, and how to build it."""

    name: str
    options: type[CollectorOptions]
    metrics: tuple[Metric, ...]
    build: Callable[[Machine, Any], Collector]


def discover() -> tuple[Registration, ...]:
    """Import every collector and give their registrations, by name."""
    modules = (
        import_module(f"{collectors.__name__}.{module.name}") for module in pkgutil.iter_modules(collectors.__path__)
    )
    found = (getattr(module, "REGISTRATION", None) for module in modules)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))
