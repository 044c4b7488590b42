"""Which network addresses a webhook may reach."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from traybeat.model.message import Rejected, Unreachable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Iterable[str]]

# Where clouds hand credentials to whoever asks, beyond the link-local 169.254.169.254 and 169.254.170.2.
_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "fd00:ec2::254",  # AWS
        "fd20:ce::254",  # Google
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598, used inside networks


class Guard(NamedTuple):
    """Which addresses are allowed besides the internet's."""

    allow_loopback: bool = False
    allow_private: bool = True


def objection(address: Address, guard: Guard) -> str | None:
    """Say why an address must not be reached; None where it may."""
    checks: tuple[tuple[bool, str], ...] = (
        (address in _METADATA, "a cloud's metadata service"),
        (address.is_link_local, "a link-local address, such as a cloud's metadata service has"),
        (address.is_multicast or address.is_unspecified, "no single machine's address"),
        (address.is_loopback and not guard.allow_loopback, "this machine itself (see allow_loopback)"),
        (_private(address) and not guard.allow_private, "a private address (see allow_private)"),
        (address.is_reserved and address.version == 4, "a reserved address"),  # noqa: PLR2004 (the version)
    )
    return next((reason for holds, reason in checks if holds), None)


def embedded(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one stands for, where it does: mapped, 6to4, Teredo or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def choose(host: str, port: int, guard: Guard, resolve: Resolve) -> str:
    """Look a host up and give the first address that is allowed.

    Raises Rejected where none is, Unreachable where the look-up fails. The connection must go to the very address that
    is given: a second look-up may say something else.
    """
    reason = "no address"
    for found in _lookup(host, port, resolve):
        address = ipaddress.ip_address(found.partition("%")[0])
        objections = [why for one in (address, embedded(address)) if (why := objection(one, guard)) is not None]
        if not objections:
            return found
        reason = objections[0]
    raise Rejected(f"its address is not allowed: {reason}")


def system_lookup(host: str, port: int) -> Iterable[str]:
    """Ask the system for a host's addresses; raises OSError."""
    return [str(sockaddr[0]) for *_, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _lookup(host: str, port: int, resolve: Resolve) -> Iterable[str]:
    try:
        return resolve(host, port)
    except (OSError, UnicodeError):
        raise Unreachable("its name can't be looked up") from None


def _private(address: Address) -> bool:
    return not address.is_loopback and (address.is_private or (address.version == 4 and address in _SHARED))  # noqa: PLR2004
