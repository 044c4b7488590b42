"""What is in the packages, as their own formats' programs tell it."""

import gzip
import subprocess
import tarfile
from pathlib import Path

from agent import Agent, free_port, until
from packages.linux.chroot import ROOT
from packages.linux.conftest import Built
from servers import needs
from traybeat.commands.parser import parser

MOST_INSTALLED_KIB, MOST_DEB = 60_000_000 // 1024, 20_000_000


def told(*command: str | Path) -> str:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=True, timeout=60
    ).stdout


def field(deb: Path, name: str) -> str:
    return told("dpkg-deb", "--field", deb, name).strip()


def test_it_is_as_small_as_promised(built: Built) -> None:
    assert built.deb.stat().st_size <= MOST_DEB
    assert int(field(built.deb, "Installed-Size")) <= MOST_INSTALLED_KIB


def test_a_server_need_not_have_graphics_and_a_desktop_gets_them_along(built: Built) -> None:
    assert "webkit" not in field(built.deb, "Depends") + field(built.deb, "Pre-Depends")
    assert "gir1.2-webkit2-4.1" in field(built.deb, "Recommends")
    assert "webkit2gtk4.1" in told("rpm", "-qp", "--nosignature", "--recommends", built.rpm)
    assert "webkit" not in told("rpm", "-qp", "--nosignature", "--requires", built.rpm)


def test_the_rpm_has_the_files_of_the_deb_and_runs_nothing_as_root(built: Built, tmp_path: Path) -> None:
    listed = told("dpkg-deb", "--contents", built.deb).splitlines()
    names = {line.split()[5].removeprefix(".").rstrip("/") for line in listed if not line.startswith("d")}
    ours = {name for name in names if "lintian" not in name}
    files = told("rpm", "-qp", "--nosignature", "--queryformat", "[%{FILENAMES} %{FILEUSERNAME}\n]", built.rpm)
    owners = dict(line.rsplit(" ", 1) for line in files.splitlines())
    assert ours <= set(owners)
    assert set(owners.values()) == {"root"}
    assert told("rpm", "-qp", "--nosignature", "--scripts", "--triggers", "--filetriggers", built.rpm) == ""
    told("dpkg-deb", "--control", built.deb, tmp_path / "control")
    assert {path.name for path in (tmp_path / "control").iterdir()} == {"control", "md5sums"}


def test_the_rpm_asks_for_the_libraries_that_the_program_leaves_to_the_system(built: Built) -> None:
    required = told("rpm", "-qp", "--nosignature", "--requires", built.rpm)
    assert "libssl.so.3()(64bit)" in required
    assert "libsqlite3.so.0()(64bit)" in required
    assert "libc.so.6(GLIBC_2." in required


def test_it_starts_nothing_by_itself(built: Built) -> None:
    listed = told("dpkg-deb", "--contents", built.deb)
    assert "systemd/user/traybeat.service" in listed
    assert ".wants/" not in listed
    assert "xdg/autostart" not in listed


@needs("systemd-analyze")
def test_systemd_understands_the_unit() -> None:
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", ROOT / "installers/linux/traybeat.service"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "traybeat" in line and "is not executable" not in line]
    assert complaints == []


def test_the_manual_tells_of_every_command_and_option(built: Built, tmp_path: Path) -> None:
    told("dpkg-deb", "-x", built.deb, tmp_path)
    page = gzip.decompress((tmp_path / "usr/share/man/man1/traybeat.1.gz").read_bytes()).decode()
    plain = page.replace("\\-", "-")
    usage = parser().format_help()
    options = {word.strip("[],") for word in usage.split() if word.startswith(("--", "[--"))}
    assert [option for option in options if option not in plain] == []
    commands = [line.split()[0] for line in usage.splitlines() if line.startswith("    ") and line[4] != " "]
    assert len(commands) > 8
    assert [command for command in commands if f".B traybeat {command}" not in plain] == []


def test_the_archive_runs_from_wherever_it_is_unpacked(built: Built, tmp_path: Path) -> None:
    place = tmp_path / "a place"
    with tarfile.open(built.archive) as archive:
        archive.extractall(place, filter="data")
    (program,) = place.glob("*/traybeat")
    version = field(built.deb, "Version")
    assert told(program, "--version") == f"traybeat {version}\n"
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([program, "check"], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in place.glob("*/_internal/licences/*/LICENSE*") if path.parent.name == "Python"]


def test_once_another_file_is_in_its_place_it_still_reads_its_own(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.archive) as archive:
        archive.extractall(tmp_path, filter="data")
    (program,) = tmp_path.glob("*/traybeat")
    agent = Agent(tmp_path, free_port())
    agent.command_line = [str(program)]
    process = agent.start("--headless")
    try:
        until(agent.answers, what="the first answer")
        other = program.with_name("other")
        other.write_bytes(b"another version" * 1_000_000)
        other.replace(program)
        # The pages and all they need are not loaded before somebody asks.
        assert "<!doctype html>" in agent.metrics("/", agent.dashboard)
    finally:
        process.kill()
        process.communicate()
