"""The image, built by its own recipe and run as a user with no name who can write nothing but its volume."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest

from agent import until, values
from packages.container.engine import UID, Container, container
from packages.linux.chroot import Chroot
from traybeat import __version__
from traybeat.host.clock import SystemClock
from traybeat.host.linux.disk import LinuxDisk
from traybeat.host.machine import Roots

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "installers/container/Dockerfile"
TOOLS = ("buildah", "debootstrap", "ip", "nsenter", "unshare")
MOST_BYTES = 60_000_000
ROOM = 4_000_000_000
EXPORTER = "http://127.0.0.1:9100"
RECEIVED = "node_network_receive_bytes_total{"

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, TOOLS)),
        reason="an image is built and run by root, with what tests/run installs on Debian and Ubuntu",
    ),
]


class Image(NamedTuple):
    """A built image: what it says of itself, its root unpacked, and by how many bytes it is larger than its base."""

    config: Any
    root: Path
    added: int


class Buildah:
    """buildah with a store of its own, and without an engine: what a recipe runs, it runs in a changed root."""

    def __init__(self, folder: Path) -> None:
        conf = folder / "storage.conf"
        conf.write_text(f'[storage]\ndriver = "overlay"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/store"\n')
        self.environ = {**os.environ, "CONTAINERS_STORAGE_CONF": str(conf), "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *arguments: str) -> str:
        return run("buildah", *arguments, environ=self.environ)


def run(*command: str, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def size(root: Path) -> int:
    return int(run("du", "--summarize", "--bytes", "--one-file-system", str(root)).split()[0])


def roomy() -> str | None:
    """Give where to build: in memory, where there is room for it; None for the usual place.

    None of pytest's own directories, which it would clear with what may still be mounted there.
    """
    memory = Path("/dev/shm")  # noqa: S108 (mkdtemp makes a directory of ours in it)
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


def debian(folder: Path) -> Path:
    """Make a small Debian with Python, and with this machine's way to the registries."""
    chroot = Chroot(folder / "base", folder / "archives")
    chroot.install("python3", "python3-venv", "ca-certificates")
    shutil.rmtree(chroot.root / "var/lib/apt/lists")
    for own in ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
        if Path(own).exists():
            shutil.copy(own, f"{chroot.root}{own}")
    told = [path.read_text() for path in (Path("/etc/npmrc"), Path.home() / ".npmrc") if path.exists()]
    (chroot.root / "root/.npmrc").write_text("".join(told))
    return chroot.root


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Build the image as its recipe says, on a base of that name that is made here."""
    folder = Path(mkdtemp(prefix="traybeat-image-", dir=roomy()))
    buildah = Buildah(folder)
    try:
        base = debian(folder)
        name = next(
            line.partition("=")[2] for line in DOCKERFILE.read_text().splitlines() if line.startswith("ARG BASE=")
        )
        empty = buildah("from", "scratch")
        buildah("add", "--quiet", empty, str(base), "/")
        buildah("commit", "--quiet", "--rm", empty, name)
        command = (sys.executable, str(ROOT / "installers/build"), "container", "--pull-never")
        built = run(*command, environ=buildah.environ).splitlines()[-1]
        assert built == f"traybeat:{__version__}"
        config = json.loads(buildah("inspect", "--type", "image", built))["Docker"]["config"]
        root = Path(buildah("mount", buildah("from", "--pull-never", built)))
        yield Image(config, root, size(root) - size(base))
    finally:
        buildah("rm", "--all")
        if os.path.ismount(folder / "store/overlay"):
            run("umount", str(folder / "store/overlay"))
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def volume(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one place that the container may write to, its user's own."""
    folder = tmp_path_factory.mktemp("volume")
    shutil.chown(folder, UID)
    return folder


@pytest.fixture(scope="module")
def running(image: Image, volume: Path) -> Iterator[Container]:
    """The image as the examples run it: the host's files mounted, and nothing but the volume to write to."""
    host = {f"TRAYBEAT_HOST_{name.upper()}": f"/host/{name}" for name in ("proc", "sys", "root")}
    with container(image.config, image.root, volume, volume.parent / "log", TRAYBEAT_HOST_NAME="atlas", **host) as one:
        until(lambda: one.answers(f"{EXPORTER}/healthz") or not one.alive, 30, "the first answer")
        yield one


def test_the_image_adds_little_to_its_base(image: Image) -> None:
    assert 10_000_000 < image.added < MOST_BYTES


def test_the_image_has_a_user_without_rights_and_without_a_name(image: Image) -> None:
    user = image.config["User"].partition(":")[0]
    assert int(user) > 1000
    assert f":{user}:" not in (image.root / "etc/passwd").read_text()


def test_it_serves_metrics_and_says_that_it_lives(running: Container) -> None:
    assert json.loads(running.fetch(f"{EXPORTER}/healthz"))["status"] == "ok"
    assert "agent_build_info{" in running.fetch(f"{EXPORTER}/metrics")
    assert json.loads(running.fetch("http://127.0.0.1:9180/healthz"))["status"] == "ok"
    assert "<html" in running.fetch("http://127.0.0.1:9180/")


def test_its_health_check_says_so_too(running: Container) -> None:
    done = running.check()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["host"] == "atlas"


def test_it_watches_the_host_and_not_itself(running: Container) -> None:
    until(lambda: "node_filesystem_size_bytes{" in running.fetch(f"{EXPORTER}/metrics"), 20, "the file systems")
    metrics = running.fetch(f"{EXPORTER}/metrics")
    found = values(metrics)
    assert running.execute("hostname").stdout.strip() == "container"
    assert 'nodename="atlas"' in metrics
    assert socket.gethostname() not in metrics
    # The container has two processes and one interface.
    processes = sum(path.name.isdecimal() for path in Path("/proc").iterdir())
    assert found["system_process_count"] == pytest.approx(processes, rel=0.3)
    interfaces = {line.partition(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]}
    assert {line.split('"')[1] for line in metrics.splitlines() if line.startswith(RECEIVED)} == interfaces
    booted = next(line.split()[1] for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    assert found["node_boot_time_seconds"] == pytest.approx(int(booted), abs=2)


def test_file_systems_have_the_hosts_sizes_by_the_hosts_names(running: Container) -> None:
    found = LinuxDisk(Roots(), SystemClock()).read(network_filesystems=False).filesystems
    ours = {one.mountpoint: one.usage.size for one in found if one.usage is not None}
    theirs = {
        labels.split('mountpoint="')[1].split('"')[0]: value
        for labels, value in values(running.fetch(f"{EXPORTER}/metrics")).items()
        if labels.startswith("node_filesystem_size_bytes{")
    }
    assert theirs == ours
    assert "/" in theirs


def test_it_writes_to_its_volume_alone_and_ends_cleanly(running: Container, volume: Path) -> None:
    assert running.stop() == 0
    log = (volume.parent / "log").read_text()
    assert "Read-only" not in log, log
    assert "WARNING" not in log, log
    assert {"telemetry.db", "journal.db"} <= {path.name for path in volume.rglob("*")}
    assert {path.lstat().st_uid for path in volume.rglob("*")} == {UID}
