"""What the frozen program needs of the system it is installed on: read from its own binaries."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

# The packages of Debian and Ubuntu that have a library; more than one where a distribution renamed it.
DEBIAN: Mapping[str, str] = {
    "libcrypto.so.3": "libssl3 | libssl3t64",
    "libffi.so.8": "libffi8",
    "libgcc_s.so.1": "libgcc-s1",
    "liblzma.so.5": "liblzma5",
    "libsqlite3.so.0": "libsqlite3-0",
    "libssl.so.3": "libssl3 | libssl3t64",
    "libuuid.so.1": "libuuid1",
    "libz.so.1": "zlib1g",
}
# Only the window's process loads these, with GTK and WebKitGTK, which packages recommend; without them, no window.
WINDOW = ("libgirepository-1.0.so.1", "libglib-2.0.so.0", "libgobject-2.0.so.0")
_GLIBC = re.compile(r"ld-linux.*|lib(c|dl|m|pthread|rt|util)\.so\.\d+")
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_VERSION = re.compile(r"\bGLIBC_(\d+)\.(\d+)\b")


class UnknownLibraryError(Exception):
    """The frozen program needs a library that is neither in it nor known to packages."""


class Needs(NamedTuple):
    """Sonames beyond the C library's, and the least version of that."""

    libraries: tuple[str, ...]
    glibc: tuple[int, int]

    def debian(self) -> tuple[str, ...]:
        """Give what a .deb depends on."""
        found = {DEBIAN[name] for name in self.libraries}
        return (f"libc6 (>= {self.glibc[0]}.{self.glibc[1]})", *sorted(found))

    def rpm(self) -> tuple[str, ...]:
        """Give what an .rpm requires, as rpm itself names it."""
        glibc = f"libc.so.6(GLIBC_{self.glibc[0]}.{self.glibc[1]})(64bit)"
        return (glibc, *(f"{name}()(64bit)" for name in self.libraries))


def binaries(folder: Path) -> Iterator[Path]:
    """Find the programs and libraries in a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needs(folder: Path) -> Needs:
    """Read what the binaries of a folder need; raises UnknownLibraryError."""
    found = list(binaries(folder))
    told = "".join(_told(path) for path in found)
    bundled = {path.name for path in found}
    wanted = {name for name in _NEEDED.findall(told) if name not in bundled and not _GLIBC.fullmatch(name)}
    if unknown := wanted - set(DEBIAN) - set(WINDOW):
        raise UnknownLibraryError(f"no package is known for {', '.join(sorted(unknown))}: name it in {__file__}")
    versions = [(int(major), int(minor)) for major, minor in _VERSION.findall(told)]
    return Needs(tuple(sorted(wanted - set(WINDOW))), max(versions))


def _told(path: Path) -> str:
    return subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 (binutils)


def settle(folder: Path) -> None:
    """Take the build machine's library folders out of binaries, and the right to be executed from libraries."""
    for path in binaries(folder):
        listed = _patchelf("--print-rpath", path)
        if listed and not listed.startswith("$ORIGIN"):
            _patchelf("--remove-rpath", path)
        if ".so" in path.name:
            path.chmod(0o644)


def _patchelf(option: str, path: Path) -> str:
    return subprocess.run(["patchelf", option, path], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607 (our build environment's)
