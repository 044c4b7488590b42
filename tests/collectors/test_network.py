from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from traybeat.collectors.network import REGISTRATION, Network, Options, Totals, totals
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection
from traybeat.model.readings.network import Interface, InterfaceKind, NetworkReading

PHYSICAL, VPN = InterfaceKind.PHYSICAL, InterfaceKind.VPN
LOOPBACK, VIRTUAL = InterfaceKind.LOOPBACK, InterfaceKind.VIRTUAL


def counters(bytes_: float) -> dict[str, float]:
    return {"bytes": bytes_, "packets": bytes_ / 100, "errs": 0, "drop": 1}


def interface(device: str, received: float, sent: float = 0, kind: InterfaceKind = PHYSICAL) -> Interface:
    return Interface(device, kind, counters(received), counters(sent))


def reading(*interfaces: Interface, **connections: int) -> NetworkReading:
    return NetworkReading(interfaces, connections or None)


def collect(*readings: NetworkReading, seconds: float = 2.0) -> list[Collection]:
    clock, left = FakeClock(), list(readings)
    machine: Any = SimpleNamespace(clock=clock, network=SimpleNamespace(read=lambda: left.pop(0)))
    network = Network(machine, Options())
    found = []
    for _ in readings:
        found.append(network.collect())
        clock.go(seconds)
    return found


def values(collection: Collection) -> dict[tuple[str, ...], float]:
    return {(sample.metric.name, *sample.labels): sample.value for sample in collection.samples}


def rates(collection: Collection) -> dict[tuple[str, ...], float]:
    return {key: value for key, value in values(collection).items() if key[0].endswith("_per_second")}


def test_rates_are_what_went_through_in_a_second() -> None:
    _, second = collect(reading(interface("eth0", 1000, 500)), reading(interface("eth0", 5000, 700)))
    assert rates(second) == {
        ("system_network_receive_bytes_per_second", "eth0"): 2000,
        ("system_network_transmit_bytes_per_second", "eth0"): 100,
        ("system_network_receive_packets_per_second", "eth0"): 20,
        ("system_network_transmit_packets_per_second", "eth0"): 1,
        ("system_network_receive_errors_per_second", "eth0"): 0,
        ("system_network_transmit_errors_per_second", "eth0"): 0,
    }


def test_the_first_reading_gives_counters_and_no_rates() -> None:
    (first,) = collect(reading(interface("eth0", 1000, 500)))
    assert rates(first) == {}
    found = values(first)
    assert found["node_network_receive_bytes_total", "eth0"] == 1000
    assert found["node_network_transmit_packets_total", "eth0"] == 5
    assert found["node_network_receive_drop_total", "eth0"] == 1


def test_counters_have_node_exporters_help_and_unit() -> None:
    (first,) = collect(reading(interface("eth0", 1)))
    metrics = {sample.metric.name: sample.metric for sample in first.samples}
    assert metrics["node_network_receive_bytes_total"].help == "Network device statistic receive_bytes."
    assert metrics["node_network_receive_bytes_total"].unit == "bytes"
    assert metrics["node_network_transmit_errs_total"].unit == ""


def test_a_counter_that_was_reset_gives_no_rate() -> None:
    _, second = collect(reading(interface("eth0", 1000)), reading(interface("eth0", 10)))
    assert ("system_network_receive_bytes_per_second", "eth0") not in rates(second)
    assert values(second)["node_network_receive_bytes_total", "eth0"] == 10


def test_rates_survive_an_interface_that_goes_and_comes_back() -> None:
    eth0 = interface("eth0", 0)
    found = collect(
        reading(eth0, interface("tun0", 1000, kind=VPN)),
        reading(eth0),
        reading(eth0, interface("tun0", 5000, kind=VPN)),
        reading(eth0, interface("tun0", 5200, kind=VPN)),
    )
    key = ("system_network_receive_bytes_per_second", "tun0")
    assert [rates(one).get(key) for one in found] == [None, None, None, 100]


def test_a_reading_that_failed_does_not_interrupt_the_rates() -> None:
    found = collect(reading(interface("eth0", 0)), reading(listen=1), reading(interface("eth0", 400)))
    assert rates(found[1]) == {}
    assert rates(found[2])["system_network_receive_bytes_per_second", "eth0"] == 100


def test_after_a_long_sleep_there_are_no_rates() -> None:
    _, second = collect(reading(interface("eth0", 0)), reading(interface("eth0", 1e9)), seconds=3600)
    assert rates(second) == {}


def test_a_counter_of_a_newer_kernel_is_given_too() -> None:
    new = Interface("eth0", PHYSICAL, {"bytes": 1, "otherhost": 7}, {})
    first, second = collect(reading(new), reading(new))
    assert values(first)["node_network_receive_otherhost_total", "eth0"] == 7
    assert values(second)["node_network_receive_otherhost_total", "eth0"] == 7


def test_every_interface_says_what_it_is() -> None:
    (first,) = collect(reading(interface("eth0", 0), interface("lo", 0, kind=LOOPBACK)))
    found = values(first)
    assert found["system_network_interface_info", "eth0", "physical"] == 1
    assert found["system_network_interface_info", "lo", "loopback"] == 1


def test_totals_count_only_what_passes_through_physical_interfaces() -> None:
    before = [interface("eth0", 0), interface("wlan0", 0), interface("tun0", 0, kind=VPN)]
    after = [interface("eth0", 400, 40), interface("wlan0", 200, 20), interface("tun0", 350, 30, kind=VPN)]
    before += [interface("lo", 0, kind=LOOPBACK), interface("br0", 0, kind=VIRTUAL)]
    after += [interface("lo", 9999, 9999, kind=LOOPBACK), interface("br0", 9999, 9999, kind=VIRTUAL)]
    first, second = collect(reading(*before), reading(*after))
    assert totals(first.samples) == Totals(None, None)
    assert totals(second.samples) == Totals(300, 30)


def test_totals_of_nothing_are_not_known() -> None:
    assert totals(()) == Totals(None, None)


def test_connections_are_given_by_state() -> None:
    (first,) = collect(reading(interface("eth0", 0), established=3, closing=0))
    found = values(first)
    assert found["system_network_connections", "established"] == 3
    assert found["system_network_connections", "closing"] == 0


def test_without_connections_the_rest_is_given() -> None:
    (first,) = collect(reading(interface("eth0", 0)))
    assert not [key for key in values(first) if key[0] == "system_network_connections"]


def test_a_machine_without_any_network_has_no_data() -> None:
    with pytest.raises(NoDataError):
        collect(reading())


def test_names_are_cleaned_and_no_series_is_given_twice() -> None:
    (first,) = collect(reading(interface("x\n", 1), interface("x\t", 2), interface("y", 3)))
    keys = [(sample.metric.name, sample.labels) for sample in first.samples]
    assert len(keys) == len(set(keys))
    assert values(first)["node_network_receive_bytes_total", "x\N{REPLACEMENT CHARACTER}"] == 1
    assert first.dropped == {"same_labels": 1}


def test_every_metric_that_is_given_is_declared() -> None:
    _, second = collect(*[reading(interface("eth0", 0), listen=1)] * 2)
    assert {sample.metric for sample in second.samples} <= set(Network.metrics)


def test_its_section_of_the_settings_sets_the_interval() -> None:
    machine: Any = SimpleNamespace(clock=FakeClock(), network=None)
    assert REGISTRATION.build(machine, REGISTRATION.options(interval_seconds=9)).interval == 9


_INTERFACES = st.dictionaries(st.sampled_from(("a", "b", "a\0")), st.floats(0, 1e15), max_size=3)


@given(st.lists(_INTERFACES, min_size=1, max_size=8))
def test_rates_are_never_negative_whatever_comes_and_goes(history: list[dict[str, float]]) -> None:
    readings = [reading(*(interface(name, value) for name, value in one.items()), listen=0) for one in history]
    for collection in collect(*readings):
        assert all(value >= 0 for value in rates(collection).values())
        assert len(values(collection)) == len(collection.samples)
