"""A file system that really hangs: FUSE, served by a test that does not answer."""

import ctypes
import errno
import os
import select
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from agent import until
from fakes import FakeClock
from traybeat.host import spawn
from traybeat.host.linux.disk import LinuxDisk
from traybeat.host.linux.mounts import Mount
from traybeat.host.machine import Roots
from traybeat.host.prober import BACK_OFF_SECONDS, DEADLINE_SECONDS, INTERVAL_SECONDS, Prober
from traybeat.model.readings.disk import Filesystem

assert sys.platform == "linux"

# From the kernel's include/uapi/linux/fuse.h.
INIT, STATFS, INTERRUPT = 26, 17, 36
REQUEST = struct.Struct("<IIQQIIII")
REPLY = struct.Struct("<IiQ")
INIT_REPLY = struct.Struct("<IIIIHHIIHHI28x")
STATFS_REPLY = struct.Struct("<QQQQQIII28x")
MNT_DETACH = 2
PATIENCE = 20.0


class Server:
    """A FUSE file system that answers when it is told to."""

    def __init__(self, mountpoint: Path) -> None:
        self.mountpoint = str(mountpoint)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0".encode()
        if self._libc.mount(b"hung", os.fsencode(mountpoint), b"fuse.sshfs", 0, options) != 0:
            os.close(self._device)
            raise OSError(ctypes.get_errno(), "mount")

    def greet(self) -> None:
        """Agree to serve, as every server does first."""
        unique, _ = self.await_request(INIT)
        self._reply(unique, INIT_REPLY.pack(7, 31, 65536, 0, 12, 9, 65536, 1, 0, 0, 0))

    def await_request(self, wanted: int) -> tuple[int, int]:
        """Wait for a request of a kind; gives its number and the process that asks."""
        while select.select([self._device], [], [], PATIENCE)[0]:
            request = os.read(self._device, 1 << 17)
            _, kind, unique, _, _, _, process, _ = REQUEST.unpack_from(request)
            if kind == wanted:
                return unique, process
        raise AssertionError(f"no request {wanted} came")

    def idle(self) -> bool:
        """Whether nobody asks for anything."""
        return not select.select([self._device], [], [], 0)[0]

    def answer(self, unique: int) -> None:
        self._reply(unique, STATFS_REPLY.pack(1000, 500, 400, 64, 32, 4096, 255, 4096))

    def refuse(self, unique: int) -> None:
        os.write(self._device, REPLY.pack(REPLY.size, -errno.ENOTCONN, unique))

    def _reply(self, unique: int, body: bytes) -> None:
        os.write(self._device, REPLY.pack(REPLY.size + len(body), 0, unique) + body)

    def close(self) -> None:
        self._libc.umount2(os.fsencode(self.mountpoint), MNT_DETACH)
        os.close(self._device)


class Watched:
    """This machine's disks as the agent reads them, every helper kept, the clock in our hands."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.helpers: list[spawn.Process] = []
        self.clock = FakeClock()
        prober: Prober[Mount] = Prober(self._start)
        self._disk = LinuxDisk(Roots(), self.clock, prober)

    def _start(self, arguments: list[str], stdin: IO[bytes], stdout: IO[bytes]) -> spawn.Process:
        self.helpers.append(spawn.start(arguments, stdin, stdout))
        return self.helpers[-1]

    def read(self, *, network: bool = True) -> Filesystem | None:
        """Read as the collector does, which must never take long, and give what is told of the mount."""
        started = time.monotonic()
        reading = self._disk.read(network_filesystems=network)
        assert time.monotonic() - started < 2
        assert any(one.mountpoint == "/" and not one.stale for one in reading.filesystems)
        return next((one for one in reading.filesystems if one.mountpoint == self.server.mountpoint), None)

    def ended(self) -> None:
        """Wait until the last helper has ended."""
        self.helpers[-1].wait(PATIENCE)

    def close(self) -> None:
        self.server.close()
        self._disk.close()
        for helper in self.helpers:
            helper.wait(PATIENCE)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    try:
        server = Server(tmp_path)
    except OSError as error:
        pytest.skip(f"no FUSE file system can be mounted here: {error}")
    watched = Watched(server)
    try:
        yield watched
    finally:
        watched.close()


def state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(") ")[2][0]


def test_a_mount_that_answers_tells_its_sizes(watched: Watched) -> None:
    watched.server.greet()
    assert watched.read() is None
    unique, _ = watched.server.await_request(STATFS)
    watched.server.answer(unique)
    watched.ended()
    found = watched.read()
    assert found is not None
    assert found.usage is not None
    assert found.usage == (1000 * 4096, 500 * 4096, 400 * 4096, 64, 32)


def test_by_default_a_network_mount_is_never_touched(watched: Watched) -> None:
    watched.server.greet()
    assert watched.read(network=False) is None
    assert watched.server.idle()
    assert watched.helpers == []


def test_a_server_that_never_came_up_stops_nothing_and_its_helper_is_ended(watched: Watched) -> None:
    assert watched.read() is None
    watched.clock.go(DEADLINE_SECONDS)
    found = watched.read()
    assert found is not None
    assert found.stale
    watched.ended()
    watched.clock.go(BACK_OFF_SECONDS - 1)
    watched.read()
    assert len(watched.helpers) == 1
    watched.clock.go(1)
    watched.read()
    assert len(watched.helpers) == 2


def test_a_helper_that_can_not_die_is_the_only_one_until_it_does(watched: Watched) -> None:
    watched.server.greet()
    watched.read()
    unique, process = watched.server.await_request(STATFS)
    watched.clock.go(DEADLINE_SECONDS)
    found = watched.read()
    assert found is not None
    assert found.stale
    watched.server.await_request(INTERRUPT)
    until(lambda: state(process) == "D", what="a process that can't be ended")
    for _ in range(100):
        watched.clock.go(100)
        watched.read()
    assert len(watched.helpers) == 1
    watched.server.answer(unique)
    watched.ended()
    watched.read()
    unique, _ = watched.server.await_request(STATFS)
    watched.server.answer(unique)
    watched.ended()
    found = watched.read()
    assert found is not None
    assert not found.stale
    assert len(watched.helpers) == 2


def test_a_server_that_died_is_stale_at_once_and_asked_again_at_the_usual_time(watched: Watched) -> None:
    watched.server.greet()
    watched.read()
    unique, _ = watched.server.await_request(STATFS)
    watched.server.refuse(unique)
    watched.ended()
    found = watched.read()
    assert found is not None
    assert found.stale
    watched.clock.go(INTERVAL_SECONDS)
    watched.read()
    assert len(watched.helpers) == 2
