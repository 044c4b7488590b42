import json

from fakes import FakeClock, batch
from traybeat.collectors import network
from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.pace import Pace
from traybeat.engine.site import Condition, SiteState
from traybeat.engine.status import AlertsState, Filesystem, HistoryState, Reporter, SettingsState, readings
from traybeat.engine.updates import UpdateState
from traybeat.model.metric import Batch, Sample, gauge
from traybeat.model.readings.process import Process
from traybeat.model.settings import Limits


def sample(name: str, value: float, **labels: str) -> Sample:
    return gauge(name, "", "Help.", *labels).sample(value, *labels.values())


def test_what_nobody_collects_is_unknown() -> None:
    empty = readings({})
    assert empty.cpu_busy_ratio is None
    assert empty.filesystems == ()
    assert empty.top == ()


def test_readings_are_picked_from_the_newest_batches() -> None:
    place = {"mountpoint": "/", "device": "/dev/sda1", "fstype": "ext4"}
    gone = {"device": "nas:/", "fstype": "nfs4", "mountpoint": "/mnt/nas"}
    top = (Process(7, "firefox", "ada", 0.5, 1e9),)
    now = readings(
        {
            "cpu": batch("cpu", (sample("system_cpu_busy_ratio", 0.25), sample("system_load1", 1.5))),
            "disk": batch(
                "disk",
                (
                    sample("system_filesystem_size_bytes", 100.0, **place),
                    sample("system_filesystem_used_bytes", 40.0, **place),
                    sample("system_filesystem_used_ratio", 0.4, **place),
                    sample("node_filesystem_device_error", 1.0, **gone),
                    sample("system_disk_read_bytes_per_second", 5.0, device="sda"),
                    sample("system_disk_read_bytes_per_second", 6.0, device="sdb"),
                ),
            ),
            "network": batch(
                "network",
                (
                    network.RECEIVE_BYTES.sample(10, "eth0"),
                    network.RECEIVE_BYTES.sample(10, "tun0"),
                    network.INFO.sample(1, "eth0", "physical"),
                    network.INFO.sample(1, "tun0", "vpn"),
                ),
            ),
            "battery": batch("battery", (sample("system_battery_discharging", 1.0),)),
            "sensors": batch(
                "sensors", (sample("system_temperature_celsius", 61.0, chip="coretemp", sensor="Core 0"),)
            ),
            "process": Batch("process", 0.0, (), 0.0, processes=top),
        }
    )
    assert now.cpu_busy_ratio == 0.25
    assert now.load == (1.5,)
    assert now.filesystems == (
        Filesystem("/", 100.0, 40.0, 0.4, stale=False),
        Filesystem("/mnt/nas", None, None, None, stale=True),
    )
    assert now.disk_read_bytes_per_second == 11.0
    assert now.network_receive_bytes_per_second == 10.0  # the tunnel's bytes went through the card already
    assert now.battery_discharging is True
    assert now.temperatures[0].name == "coretemp Core 0"
    assert now.top[0].pid == 7


def test_the_state_tells_each_collectors_health() -> None:
    clock, latest, wards = FakeClock(), Latest(), Wards()
    for name in ("well", "failing", "none"):
        wards.admit(name, 2.0, clock.monotonic())
    wards.update("failing", failures_in_a_row=3, errors=3, last_error="OSError: gone")
    wards.update("none", no_data=True)
    state = SiteState("exporter", Condition.LISTENING, "http://127.0.0.1:9100")
    reporter = Reporter(
        clock,
        latest,
        wards,
        Pace(Limits()),
        lambda: [(state, None)],
        lambda: SettingsState("/s", 0.0, (), (), None),
        lambda: HistoryState("/t", on_disk=True, trouble=None, committed=1.0, disk_bytes=2, memory_bytes=3, series=4),
        lambda: AlertsState("/r", rules=8, faults=(), notices=(), active=(), channels=()),
        lambda: UpdateState(wanted=True, version="9.0.0"),
        lambda: ["told"],
        42,
    )
    told = json.loads(reporter.encoded())
    assert {one["name"]: one["state"] for one in told["collectors"]} == {
        "well": "healthy",
        "failing": "unhealthy",
        "none": "no data",
    }
    assert told["listeners"] == [
        {
            "name": "exporter",
            "state": "listening",
            "url": "http://127.0.0.1:9100",
            "problem": None,
            "last_request": None,
        }
    ]
    assert told["update"]["version"] == "9.0.0"
    assert (told["pid"], told["notices"]) == (42, ["told"])
