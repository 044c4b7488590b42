"""Names by which this machine may be asked, and who asks."""

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def policy_hosts(own_name: str, named: Iterable[str]) -> frozenset[str]:
    """Give the names a Host header may hold: this machine's own, localhost, and those the settings name."""
    own = own_name.lower()
    return frozenset({"localhost", own, own.partition(".")[0], *(name.lower().rstrip(".") for name in named)}) - {""}


def hostname(host: str) -> str:
    """Give a Host header's name without its port: `[::1]:9100` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower().rstrip(".")


def welcome(host: str, hosts: frozenset[str]) -> bool:
    """Say whether a Host header names us.

    A name that is not ours may have been pointed here by somebody's DNS so that a browser's page can read us (DNS
    rebinding). An address can't be pointed anywhere, so every address is welcome.
    """
    name = hostname(host)
    if name in hosts:
        return True
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def networks(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and networks; raises ValueError for what is neither."""
    return tuple(ipaddress.ip_network(one, strict=False) for one in addresses)


def peer(client: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Give the address of who asks: the connection's, or the one that a trusted proxy forwards for.

    X-Forwarded-For is read from its end, as everything before the first address that no trusted proxy added may be
    made up.
    """
    found = client
    for one in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not among(found, proxies):
            break
        found = one
    return found[:64]


def among(address: str, proxies: Sequence[Network]) -> bool:
    """Say whether an address is one of the proxies'."""
    if not proxies:
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)
