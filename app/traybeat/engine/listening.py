"""What any listener's settings may be: where it listens, and with which certificate."""

from collections.abc import Callable, Iterator
from pathlib import Path

from traybeat.engine.site import loopback
from traybeat.host.scalars import shown
from traybeat.host.tls import CertificateError, Pair, context
from traybeat.model.errors import Fault
from traybeat.model.settings import Tls


def pair(tls: Tls) -> Pair | None:
    """Give the certificate's files, where both are set."""
    return Pair(Path(tls.certificate), Path(tls.key)) if tls.certificate and tls.key else None


def address_faults(section: str, address: str, exposed: Callable[[], Fault] | None) -> Iterator[Fault]:
    """Say what is wrong with an address; `exposed` tells of one that the network reaches, None where that is meant."""
    try:
        local = loopback(address)
    except ValueError:
        expected = "an IP address such as 127.0.0.1, ::1 or 0.0.0.0, or localhost"
        yield Fault(f"{section}.address", shown(address), expected)
        return
    if not local and exposed is not None:
        yield exposed()


def tls_faults(section: str, tls: Tls) -> Iterator[Fault]:
    """Say what is wrong with a certificate and its key."""
    if (tls.certificate is None) != (tls.key is None):
        missing = "key" if tls.key is None else "certificate"
        yield Fault(f"{section}.tls.{missing}", "nothing", "both certificate and key, or neither")
    elif (files := pair(tls)) is not None:
        try:
            context(files)
        except CertificateError as error:
            told = f"files that can't be used: {error}"
            yield Fault(f"{section}.tls", told, "a certificate and the key it belongs to")
