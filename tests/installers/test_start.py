import os
from collections.abc import Iterator

import pytest

from start import restore


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
