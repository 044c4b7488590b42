"""Whether this machine is connected to anything at all."""

import contextlib
import socket
from collections.abc import Callable

# Addresses for documentation, which nobody has (RFC 5737, RFC 3849). Connecting a UDP socket sends nothing: it only
# looks up the route.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def online(factory: Callable[[int, int], socket.socket] = socket.socket) -> bool:
    """Say whether there is a route to anywhere outside; False on a machine that is cut off."""
    for family, address in _ELSEWHERE:
        with contextlib.suppress(OSError), factory(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return True
    return False
