import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.host.linux.users import REMEMBER_SECONDS, Users, getent, named
from traybeat.host.machine import Roots

PASSWD = b"""\
root:x:0:0:root:/root:/bin/bash
# 1000 is not here
broken
anna:x:1000:1000:Anna,,,:/home/anna:/bin/zsh
j\xc3\xbcrgen:x:1001:1001::/home/j:/bin/sh
"""


class System:
    """The system's user databases, and how often they were asked."""

    def __init__(self, *answers: str | Exception | None) -> None:
        self._answers = list(answers)
        self.asked: list[int] = []

    def __call__(self, uid: int) -> str | None:
        self.asked.append(uid)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def host(tmp_path: Path) -> Roots:
    """Another system than ours, mounted below a folder."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_bytes(PASSWD)
    return Roots(root=tmp_path)


def ours(ask: Callable[[int], str | None], clock: FakeClock) -> Users:
    return Users(Roots(), clock, ask)


UNKNOWN = 4_100_000_123  # no system has this user


@pytest.mark.parametrize(("uid", "name"), [(0, "root"), (1000, "anna"), (1001, "jürgen"), (100, None), (10, None)])
def test_passwd_has_names_by_number(uid: int, name: str | None) -> None:
    assert named(PASSWD, uid) == name


def test_a_users_name_is_the_hosts(host: Roots) -> None:
    assert Users(host, FakeClock(), System())(1000) == "anna"


def test_a_user_without_a_name_is_told_by_number(host: Roots) -> None:
    assert Users(host, FakeClock(), System())(4242) == "4242"


def test_a_host_without_passwd_has_numbers_only(tmp_path: Path) -> None:
    assert Users(Roots(root=tmp_path), FakeClock(), System())(0) == "0"


def test_our_system_is_not_asked_about_another_hosts_users(host: Roots) -> None:
    system = System("somebody")
    assert Users(host, FakeClock(), system)(4242) == "4242"
    assert system.asked == []


def test_who_is_not_in_passwd_is_asked_of_the_system_once_an_hour() -> None:
    clock, system = FakeClock(), System("maria", "maria2")
    users = ours(system, clock)
    assert [users(UNKNOWN) for _ in range(3)] == ["maria"] * 3
    clock.go(REMEMBER_SECONDS)
    assert users(UNKNOWN) == "maria2"
    assert len(system.asked) == 2


def test_who_is_not_known_at_all_is_remembered_too() -> None:
    system = System(None)
    users = ours(system, FakeClock())
    assert [users(UNKNOWN) for _ in range(2)] == [str(UNKNOWN)] * 2
    assert len(system.asked) == 1


def test_a_system_that_does_not_answer_is_left_alone_for_an_hour() -> None:
    clock, system = FakeClock(), System(TimeoutError(), "late")
    users = ours(system, clock)
    assert users(UNKNOWN) == str(UNKNOWN)
    assert users(UNKNOWN + 1) == str(UNKNOWN + 1)
    assert len(system.asked) == 1
    clock.go(REMEMBER_SECONDS)
    assert users(UNKNOWN) == "late"


@pytest.mark.skipif(sys.platform != "linux", reason="getent is glibc's and musl's")
def test_the_real_system_knows_root_and_not_everybody() -> None:
    assert getent(0) == "root"
    assert getent(UNKNOWN) is None


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_getent_that_hangs_is_given_up(tmp_path: Path) -> None:
    hanging = tmp_path / "getent"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    with pytest.raises(TimeoutError):
        getent(0, path=f"{tmp_path}:{os.defpath}", deadline=0.05)


@pytest.mark.skipif(os.name == "nt", reason="finds programs elsewhere, too")
def test_a_system_without_getent_does_not_know(tmp_path: Path) -> None:
    assert getent(0, path=str(tmp_path)) is None
