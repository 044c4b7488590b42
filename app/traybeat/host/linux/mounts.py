"""Mounted file systems from mountinfo: proc(5)."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from traybeat.host import fstypes

# Below these, mounts are a container's, the system's or a package's own business.
_LEFT_OUT_BELOW = (
    *("/dev/", "/proc/", "/sys/", "/run/credentials/", "/snap/", "/var/lib/snapd/snap/"),
    *("/var/lib/docker/", "/var/lib/containers/storage/", "/var/lib/kubelet/pods/", "/run/containerd/", "/run/k3s/"),
)
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2})")
_SUBVOLUMES = "btrfs"
_FEWEST = (6, 3)  # fields before and after the dash
_OPTICAL = "/dev/sr"


class Mount(NamedTuple):
    """One line of mountinfo; `root` is the folder of the file system that is mounted, `source` as the kernel writes it.

    `network`: asking it may take for ever. `number` is the device that stat tells of files on it; None for btrfs, whose
    subvolumes have numbers of their own.
    """

    identity: bytes
    parent: bytes
    root: str
    mountpoint: str
    read_only: bool
    fstype: str
    device: str
    source: str
    network: bool
    number: int | None


def _text(field: bytes) -> str:
    """Decode a field with its octal escapes."""
    return os.fsdecode(_ESCAPE.sub(lambda match: bytes((int(match[1], 8),)), field) if b"\\" in field else field)


def _number(field: bytes) -> int | None:
    """Join `major:minor` into the number that stat gives (makedev of the C library)."""
    try:
        major, minor = map(int, field.split(b":"))
    except ValueError:
        return None
    return (major & 0xFFF) << 8 | minor & 0xFF | (minor & ~0xFF) << 12


def parse(mountinfo: bytes) -> Iterator[Mount]:
    """Give every mount, in the order in which they were mounted; lines that make no sense are left out."""
    for line in mountinfo.split(b"\n"):
        head, separator, tail = line.partition(b" - ")
        fields, rest = head.split(b" "), tail.split(b" ")
        if not separator or len(fields) < _FEWEST[0] or len(rest) < _FEWEST[1]:
            continue
        fstype = _text(rest[0])
        yield Mount(
            identity=fields[0],
            parent=fields[1],
            root=_text(fields[3]),
            mountpoint=_text(fields[4]),
            read_only=b"ro" in fields[5].split(b",") or b"ro" in rest[2].split(b","),
            fstype=fstype,
            device=_text(rest[1]),
            source=os.fsdecode(rest[1]),
            network=fstypes.network(fstype),
            number=None if fstype == _SUBVOLUMES else _number(fields[2]),
        )


def visible(mounts: Iterable[Mount]) -> list[Mount]:
    """Leave out what has been mounted over: at each mount point the last wins, and below the others nothing shows."""
    everything = list(mounts)
    top = {mount.mountpoint: mount for mount in everything}
    covered = {mount.identity: mount.mountpoint for mount in everything if top[mount.mountpoint] is not mount}
    for mount in everything:
        if covered.get(mount.parent, mount.mountpoint) != mount.mountpoint:
            covered[mount.identity] = mount.mountpoint
    return [mount for mount in top.values() if mount.identity not in covered]


def worth_watching(mounts: Iterable[Mount]) -> list[Mount]:
    """Leave out what nobody fills or empties, and what is shown elsewhere; mark what is reached over a network."""
    seen = visible(mounts)
    remote = tuple(mount.mountpoint.rstrip("/") + "/" for mount in seen if mount.network)
    return [
        mount._replace(network=True) if mount.mountpoint.startswith(remote) else mount
        for mount in seen
        if _counts(mount)
    ]


def _counts(mount: Mount) -> bool:
    if fstypes.left_out(mount.fstype) or mount.mountpoint.startswith(_LEFT_OUT_BELOW):
        return False
    return not mount.device.startswith(_OPTICAL) and not _bind(mount)


def _bind(mount: Mount) -> bool:
    """Whether a mount shows a folder of a file system that is mounted elsewhere.

    btrfs mounts its subvolumes in this way, network file systems the folder that was asked for, and OSTree the root.
    """
    return mount.root != "/" and mount.mountpoint != "/" and mount.fstype != _SUBVOLUMES and not mount.network
