import ipaddress

import pytest

from traybeat.channels.address import Guard, choose, system_lookup
from traybeat.model.message import Rejected, Unreachable


def to(*addresses: str) -> object:
    return lambda host, port: list(addresses)


def chosen(*addresses: str, guard: Guard = Guard()) -> str:  # noqa: B008 (immutable)
    return choose("host", 443, guard, lambda host, port: list(addresses))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "10.0.0.5", "192.168.1.9", "fd12::1"]
)
def test_the_internet_and_private_networks_are_allowed(address: str) -> None:
    assert chosen(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.1.1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",  # noqa: S104 (to be refused)
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
    ],
)
def test_metadata_services_link_local_addresses_and_ourselves_are_refused(address: str) -> None:
    with pytest.raises(Rejected, match="its address is not allowed"):
        chosen(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_be_allowed(address: str) -> None:
    assert chosen(address, guard=Guard(allow_loopback=True)) == address


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "::"])
def test_metadata_services_can_not_be_allowed(address: str) -> None:
    with pytest.raises(Rejected):
        chosen(address, guard=Guard(allow_loopback=True, allow_private=True))


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"]
)
def test_private_networks_may_be_refused(address: str) -> None:
    with pytest.raises(Rejected, match="allow_private"):
        chosen(address, guard=Guard(allow_private=False))


def test_the_first_address_that_is_allowed_is_taken() -> None:
    assert chosen("127.0.0.1", "93.184.216.34") == "93.184.216.34"


def test_a_host_without_addresses_is_refused() -> None:
    with pytest.raises(Rejected):
        chosen()


def test_a_name_that_can_not_be_looked_up_is_no_refusal() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise OSError(host)

    with pytest.raises(Unreachable) as caught:
        choose("very-secret-host", 443, Guard(), fail)
    assert "secret" not in str(caught.value)


def test_the_system_looks_up_addresses() -> None:
    assert {str(ipaddress.ip_address(one)) for one in system_lookup("localhost", 80)} & {"127.0.0.1", "::1"}
    with pytest.raises(Unreachable):
        choose("host.invalid", 443, Guard(), system_lookup)
