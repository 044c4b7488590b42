"""The Run key, on a registry of the test's own; tests/wine tries the real one where there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from traybeat.host.autostart import AutostartError
from traybeat.host.windows.autostart import APPROVED, RUN, RunKey


class FakeRegistry:
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, REG_SZ, KEY_SET_VALUE = 1, 2, 1, 2

    def __init__(self, refuses: bool = False) -> None:
        self.keys: dict[str, dict[str, object]] = {}
        self.machine: dict[str, dict[str, object]] = {}
        self._refuses = refuses

    @contextmanager
    def OpenKey(self, root: int, path: str, reserved: int = 0, access: int = 0) -> Iterator[dict[str, object]]:  # noqa: N802
        if self._refuses:
            raise PermissionError(5, "Access is denied")
        keys = self.machine if root == self.HKEY_LOCAL_MACHINE else self.keys
        if path not in keys:
            raise FileNotFoundError(2, "no such key")
        yield keys[path]

    @contextmanager
    def CreateKey(self, root: int, path: str) -> Iterator[dict[str, object]]:  # noqa: N802
        yield self.keys.setdefault(path, {})

    def QueryValueEx(self, key: dict[str, object], name: str) -> tuple[object, int]:  # noqa: N802
        if name not in key:
            raise FileNotFoundError(2, "no such value")
        return key[name], 1

    def SetValueEx(self, key: dict[str, object], name: str, reserved: int, kind: int, value: object) -> None:  # noqa: N802
        key[name] = value

    def DeleteValue(self, key: dict[str, object], name: str) -> None:  # noqa: N802
        if name not in key:
            raise FileNotFoundError(2, "no such value")
        del key[name]


def test_it_is_off_until_it_is_switched_on() -> None:
    registry = FakeRegistry()
    run = RunKey(registry, (r"C:\Program Files\Traybeat\traybeat.exe", "--data", r"D:\a b"))
    assert not run.entry().on
    assert run.switch(on=True).on
    assert registry.keys[RUN]["Traybeat"] == r'"C:\Program Files\Traybeat\traybeat.exe" --data "D:\a b"'
    assert not run.switch(on=False).on
    assert registry.keys[RUN] == {}


def test_what_an_administrator_starts_for_everybody_is_not_started_twice() -> None:
    registry = FakeRegistry()
    run = RunKey(registry, ("traybeatw.exe",))
    run.switch(on=True)
    registry.machine[RUN] = {"Traybeat": r'"C:\Program Files\Traybeat\traybeatw.exe"'}
    assert run.entry().on
    assert run.entry().place.startswith("HKEY_LOCAL_MACHINE")
    assert run.switch(on=True).on
    assert registry.keys[RUN] == {}
    with pytest.raises(AutostartError, match="administrator"):
        run.switch(on=False)


def test_a_path_without_blanks_is_quoted_too() -> None:
    registry = FakeRegistry()
    RunKey(registry, (r"C:\Traybeat\traybeat.exe", "-P")).switch(on=True)
    assert registry.keys[RUN]["Traybeat"] == r'"C:\Traybeat\traybeat.exe" -P'


def test_what_the_task_manager_switched_off_is_off_until_it_is_switched_on_here() -> None:
    registry = FakeRegistry()
    run = RunKey(registry, ("traybeat.exe",))
    run.switch(on=True)
    registry.keys[APPROVED] = {"Traybeat": b"\x03" + bytes(11)}
    assert run.entry().on is False
    assert "Task Manager" in str(run.entry().problem)
    assert run.switch(on=True) == (True, run.entry().place, None)


def test_another_copy_is_told() -> None:
    registry = FakeRegistry()
    RunKey(registry, ("old.exe",)).switch(on=True)
    assert RunKey(registry, ("new.exe",)).entry().problem


def test_what_windows_refuses_is_told() -> None:
    with pytest.raises(AutostartError, match="can't be read"):
        RunKey(FakeRegistry(refuses=True), ("a",)).entry()
    with pytest.raises(AutostartError, match="can't be changed"):
        RunKey(FakeRegistry(refuses=True), ("a",)).switch(on=True)
    with pytest.raises(AutostartError, match="longer than"):
        RunKey(FakeRegistry(), ("C:\\" + "x" * 300,)).switch(on=True)
