import plistlib
from pathlib import Path

import pytest

from traybeat.host.autostart import AutostartError
from traybeat.host.macos.autostart import LaunchAgent


def test_it_is_off_until_it_is_switched_on(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path, ("/Applications/Tray & beat.app/traybeat", "--data", "/d d"))
    assert not agent.entry().on
    entry = agent.switch(on=True)
    assert entry.on
    assert entry.place == str(tmp_path / "Library" / "LaunchAgents" / "traybeat.plist")
    told = plistlib.loads(Path(entry.place).read_bytes())
    assert told["ProgramArguments"] == ["/Applications/Tray & beat.app/traybeat", "--data", "/d d"]
    assert told["RunAtLoad"] is True
    assert "KeepAlive" not in told
    assert not agent.switch(on=False).on


def test_another_copy_a_disabled_and_a_damaged_one_are_told(tmp_path: Path) -> None:
    path = Path(LaunchAgent(tmp_path, ("/old",)).switch(on=True).place)
    agent = LaunchAgent(tmp_path, ("/new",))
    assert agent.entry().problem
    path.write_bytes(plistlib.dumps({"Label": "traybeat", "RunAtLoad": True, "Disabled": True}))
    assert not agent.entry().on
    for damage in (b"<plist", b"\xff\xfe"):
        path.write_bytes(damage)
        assert "damaged" in str(agent.entry().problem)
    assert agent.switch(on=True).on


def test_what_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "Library").touch()
    with pytest.raises(AutostartError, match="can't be changed"):
        LaunchAgent(tmp_path, ("a",)).switch(on=True)
