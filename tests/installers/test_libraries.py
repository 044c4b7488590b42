import subprocess
from pathlib import Path

import pytest

from linux.libraries import Needs, UnknownLibraryError, binaries, needs
from servers import needs as needs_program

gcc = needs_program("gcc")


def compiled(place: Path, name: str, *options: str) -> Path:
    place.mkdir(exist_ok=True)
    source = place / "source.c"
    source.write_text("int main(void) { return 0; }", "utf-8")
    subprocess.run(["gcc", *options, "-o", place / name, source], check=True)
    source.unlink()
    return place / name


def test_a_package_depends_on_the_libraries_by_every_name_they_go_by() -> None:
    found = Needs(("libssl.so.3", "libz.so.1"), (2, 35))
    assert found.debian() == ("libc6 (>= 2.35)", "libssl3 | libssl3t64", "zlib1g")
    assert found.rpm() == ("libc.so.6(GLIBC_2.35)(64bit)", "libssl.so.3()(64bit)", "libz.so.1()(64bit)")


def test_libraries_in_one_package_are_named_once() -> None:
    assert Needs(("libcrypto.so.3", "libssl.so.3"), (2, 34)).debian().count("libssl3 | libssl3t64") == 1


@gcc
def test_only_binaries_count(tmp_path: Path) -> None:
    program = compiled(tmp_path, "program")
    (tmp_path / "text").write_text("text", "utf-8")
    (tmp_path / "link").symlink_to(program)
    assert list(binaries(tmp_path)) == [program]


@gcc
def test_the_c_library_is_asked_for_in_its_version_and_what_is_bundled_is_not_asked_for(tmp_path: Path) -> None:
    own = compiled(tmp_path, "libown.so", "-shared", "-Wl,-soname,libown.so")
    compiled(tmp_path, "program", "-Wl,--no-as-needed", str(own), "-lz")
    found = needs(tmp_path)
    assert found.libraries == ("libz.so.1",)
    assert found.glibc >= (2, 17)


@gcc
def test_a_library_that_no_package_is_known_for_stops_the_build(tmp_path: Path) -> None:
    other = compiled(tmp_path, "libother.so", "-shared", "-Wl,-soname,libother.so")
    compiled(tmp_path / "frozen", "program", "-Wl,--no-as-needed", str(other))
    with pytest.raises(UnknownLibraryError, match=r"no package is known for libother\.so"):
        needs(tmp_path / "frozen")
