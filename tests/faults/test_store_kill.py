import sys
from pathlib import Path

import pytest

import kills


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_costs_ten_seconds_at_most_and_never_the_database(tmp_path: Path) -> None:
    outcome = kills.run(tmp_path / "telemetry.db", kills=10)
    assert outcome.longest_loss <= 10
    assert outcome.hours > 0.5
