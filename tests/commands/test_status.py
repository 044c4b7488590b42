from dataclasses import dataclass

import msgspec
import pytest

from traybeat.commands.status import screen
from traybeat.engine import status
from traybeat.engine.updates import UpdateState


@dataclass
class Bench:
    """A status to be changed and shown."""

    now: status.Status

    def readings(self, **changes: object) -> str:
        readings = msgspec.structs.replace(self.now.readings, **changes)
        return self.shown(readings=readings)

    def shown(self, **changes: object) -> str:
        return "\n".join(screen(msgspec.structs.replace(self.now, **changes)))


@pytest.fixture
def bench() -> Bench:
    readings = status.readings({})
    return Bench(
        status.Status(
            version="1.2.3",
            host="atlas",
            system="Linux 6.1",
            pid=42,
            time=1_700_000_000.0,
            started=1_700_000_000.0 - 7980,
            boot_time=None,
            readings=readings,
            collectors=(),
            listeners=(),
            settings=status.SettingsState("/etc/settings.yaml", 1_700_000_000.0, (), (), None),
            history=status.HistoryState("/t.db", True, None, 1.0, 5_000_000, 40_000, 150),  # noqa: FBT003 (as JSON has it)
            alerts=status.AlertsState("/rules.yaml", 8, (), (), (), ()),
            cost=status.OwnCost(0.003, 36.2e6, 1),
            update=UpdateState(wanted=False),
            notices=(),
        )
    )


def test_a_machine_that_tells_nothing_yet_is_shown_without_inventing(bench: Bench) -> None:
    text = bench.shown()
    assert text.startswith("atlas · Linux 6.1\n")
    assert "CPU" in text
    assert "--" in text
    assert "None" not in text
    assert "Traybeat 1.2.3 · 0.3 % of a core, 36.2 MB · running 2 h 13 min, process 42" in text


def test_everything_there_is_has_its_line(bench: Bench) -> None:
    text = bench.readings(
        cpu_busy_ratio=0.23,
        cores=8,
        load=(1.84, 1.2, 0.98),
        frequency_hertz=3.2e9,
        memory_used_ratio=0.91,
        memory_used_bytes=28.4 * 2**30,
        memory_total_bytes=31.2 * 2**30,
        swap_total_bytes=2.0**30,
        swap_used_ratio=0.12,
        filesystems=(
            status.Filesystem("/", 238.0 * 2**30, 61.0 * 2**30, 0.26, stale=False),
            status.Filesystem("/mnt/nas", None, None, None, stale=True),
        ),
        disk_read_bytes_per_second=31e6,
        disk_written_bytes_per_second=7e6,
        network_receive_bytes_per_second=4.2e6,
        network_transmit_bytes_per_second=0.4e6,
        connections_established=61.0,
        process_count=312.0,
        temperatures=(status.Named("coretemp Package id 0", 61.0),),
        fans=(status.Named("thinkpad fan1", 2310.0),),
        battery_charge_ratio=0.78,
        battery_discharging=True,
        battery_remaining_seconds=15_000.0,
        top=(
            status.Top(1, "slack", "ada", 0.018, 1.3 * 2**30),
            status.Top(2, "firefox", "ada", 0.091, 5.2 * 2**30),
        ),
    )
    for line in (
        "CPU              23 %   8 cores · load 1.84 1.20 0.98 · 3.2 GHz",
        "Memory           91 %   28.4 of 31.2 GiB · swap 12 %",
        "Disk /           26 %   61 of 238 GiB",
        "Disk /mnt/nas       --   does not answer",
        "Disks         38 MB/s   read 31 MB/s · write 7 MB/s",
        "Network      4.6 MB/s   in 4.2 MB/s · out 400 kB/s · 61 connections",
        "Temperature     61 °C   coretemp Package id 0",
        "Fan          2310 rpm   thinkpad fan1",
        "Battery          78 %   discharging · 4 h 10 min left",
        "Using most now of 312 processes",
    ):
        assert line in text.splitlines()
    assert text.index("firefox") < text.index("slack")


def test_trouble_is_told_where_it_is(bench: Bench) -> None:
    text = bench.shown(
        boot_time=1_700_000_000.0 - 86_400,
        listeners=(status.ListenerState("exporter", "waiting", "http://127.0.0.1:9100", "port 9100 is taken", None),),
        settings=status.SettingsState("/s.yaml", 0.0, ("exporter.port",), ("line 3: x",), "the file is gone"),
        collectors=(
            status.CollectorState("cpu", "healthy", 2.0, 1.0, 0.01, 0, None),
            status.CollectorState("disk", "unhealthy", 2.0, 1.0, 0.01, 4, "OSError: gone"),
        ),
        cost=status.OwnCost(None, None, 4),
        notices=("no log file",),
    )
    assert "up 1 d 0 h" in text
    for told in (
        "port 9100 is taken",
        "from the environment: exporter.port",
        "line 3: x",
        "the file is gone",
        "healthy: cpu · unhealthy: disk",
        "disk: OSError: gone (4 failed",
        "intervals stretched x4",
        "no log file",
        "-- of a core, --",
    ):
        assert told in text


def test_a_newer_version_is_shown_with_its_page_or_why_nobody_knows(bench: Bench) -> None:
    there = UpdateState(wanted=True, version="1.3.0", page="https://example.org/1.3.0")
    assert "update      1.3.0      https://example.org/1.3.0" in bench.shown(update=there)
    assert "no connection" in bench.shown(update=UpdateState(wanted=True, problem="no connection"))
    assert "update" not in bench.shown()


def test_a_scrape_is_shown_with_its_age(bench: Bench) -> None:
    listener = status.ListenerState("exporter", "listening", "http://127.0.0.1:9100", None, 1_700_000_000.0 - 3)
    assert "last scraped 3 s ago" in bench.shown(listeners=(listener,))


def test_history_is_on_disk_or_says_why_not(bench: Bench) -> None:
    assert "history     on disk    /t.db, 4.8 MiB, 150 series" in bench.shown()
    trouble = msgspec.structs.replace(bench.now.history, on_disk=False, trouble="the disk is full")
    assert "history     in memory  /t.db: the disk is full" in bench.shown(history=trouble)
    starting = msgspec.structs.replace(bench.now.history, on_disk=False)
    assert "history     starting" in bench.shown(history=starting)


def test_active_alerts_come_first_and_channels_tell_how_they_fare(bench: Bench) -> None:
    now = bench.now.time
    alerts = status.AlertsState(
        "/rules.yaml",
        8,
        ("line 2: wrong",),
        ("no rules file",),
        (
            status.ActiveAlert("1", "hot", "CPU busy", "warning", "firing", now - 360, "CPU busy at 97 %"),
            status.ActiveAlert("2", "full", "Disk", "critical", "unknown", now - 60, "Disk / full"),
        ),
        (
            status.Channel("email", 1, 4, 0, None),
            status.Channel("slack", 0, 0, 2, "404 no_service"),
            status.Channel("desktop", 0, 0, 0, None),
        ),
    )
    lines = bench.shown(alerts=alerts).splitlines()
    assert lines[2] == "WARNING   CPU busy at 97 % · for 6 min"
    assert lines[3] == "CRITICAL  Disk / full (unknown) · for 1 min"
    for line in (
        "  rules       in force   /rules.yaml, 8 rules",
        "              line 2: wrong".replace("line", " line", 1),
        "  channel     email      4 sent · 1 on the way",
        "  channel     slack      2 given up",
        "              404 no_service",
        "  channel     desktop    nothing to tell so far",
        "  notice      no rules file",
    ):
        assert line in lines
