import os
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

from start import hold, restore


@pytest.fixture(autouse=True)
def _environ() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_programs_of_the_system_get_the_library_path_that_was_there_before_the_loader() -> None:
    os.environ |= {"LD_LIBRARY_PATH": "/usr/lib/traybeat/_internal", "LD_LIBRARY_PATH_ORIG": "/opt/own"}
    restore()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/own"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_where_there_was_none_there_is_none() -> None:
    os.environ["LD_LIBRARY_PATH"] = "/usr/lib/traybeat/_internal"
    restore()
    assert "LD_LIBRARY_PATH" not in os.environ


def test_a_copy_of_ourselves_is_no_part_of_this_start() -> None:
    os.environ |= {"_PYI_ARCHIVE_FILE": "/usr/lib/traybeat/traybeat", "_PYI_PARENT_PROCESS_LEVEL": "-1"}
    restore()
    assert [name for name in os.environ if name.startswith("_PYI")] == []


def test_modules_are_read_from_the_file_that_was_started_where_the_system_knows_it() -> None:
    archive = SimpleNamespace(_filename="/usr/lib/traybeat/traybeat")
    importers = ModuleType("importers")
    importers.pyz_archive = archive  # type: ignore[attr-defined]
    hold(importers, started="/nowhere/exe")
    assert vars(archive) == {"_filename": "/usr/lib/traybeat/traybeat"}
    hold(importers, started=os.devnull)
    assert vars(archive) == {"_filename": os.devnull}
