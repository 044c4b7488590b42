import sys

import pytest

from traybeat.host.linux.malloc import restrain


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_free_memory_can_be_handed_back_any_number_of_times() -> None:
    tidy = restrain()
    tidy()
    tidy()
