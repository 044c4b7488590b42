import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from packages.linux.chroot import CACHE, ROOT, Chroot

TOOLS = ("appstreamcli", "debootstrap", "desktop-file-validate", "dpkg-deb", "lintian", "objdump", "rpm", "unshare")


class Built(NamedTuple):
    """What installers/build has made."""

    deb: Path
    rpm: Path
    archive: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    root = getattr(os, "geteuid", lambda: None)() == 0
    unfit = sys.platform != "linux" or not root or missing
    reason = "packages are built and installed as root, with what tests/run installs on Debian and Ubuntu"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.packages)
            item.add_marker(pytest.mark.timeout(900))
            if unfit:
                item.add_marker(pytest.mark.skip(reason=reason))


def _furnished(place: Path) -> Chroot:
    """Make a Linux with what a desktop's package manager installs beside Traybeat, as the package recommends it."""
    chroot = Chroot(place, CACHE / "archives")
    config = yaml.safe_load((ROOT / "installers/linux/nfpm.yaml").read_text("utf-8"))
    chroot.install(*config["overrides"]["deb"]["recommends"])
    return chroot


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Future[Chroot]"]:
    """A Linux with a desktop's libraries, which is made while the packages are built."""
    place = tmp_path_factory.mktemp("furnished")
    with ThreadPoolExecutor(1) as side:
        yield side.submit(_furnished, place / "root")
    shutil.rmtree(place)  # pytest keeps what is left, and this is a gigabyte


@pytest.fixture(scope="session")
def built(prepared: "Future[Chroot]", tmp_path_factory: pytest.TempPathFactory) -> Built:
    target = tmp_path_factory.mktemp("packages")
    done = subprocess.run(
        [sys.executable, ROOT / "installers/build", "linux", "--target", target],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (deb,), (rpm,), (archive,) = (list(target.glob(f"*.{kind}")) for kind in ("deb", "rpm", "tar.gz"))
    return Built(deb, rpm, archive)


@pytest.fixture(scope="session")
def earlier(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same package as an earlier version."""
    place = tmp_path_factory.mktemp("earlier")
    subprocess.run(["dpkg-deb", "-R", built.deb, place / "root"], check=True)
    control = place / "root/DEBIAN/control"
    lines = ["Version: 0.0.1" if line.startswith("Version:") else line for line in control.read_text().splitlines()]
    control.write_text("\n".join([*lines, ""]))
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", place / "root", place / "earlier.deb"], check=True)
    shutil.rmtree(place / "root")
    return place / "earlier.deb"


@pytest.fixture(scope="session")
def bare(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """A Linux with nothing, without a desktop."""
    place = tmp_path_factory.mktemp("bare")
    yield Chroot(place / "root", place / "archives")
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def desktop(prepared: "Future[Chroot]", built: Built, earlier: Path) -> Chroot:
    """A Linux with a desktop's libraries, and an earlier version of the package."""
    chroot = prepared.result()
    chroot.install(chroot.bring(earlier))
    return chroot
