"""The exporter as a part that lives by the settings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe

from traybeat.engine.gate import Gate, Keys, Policy, policy_hosts
from traybeat.engine.site import Endpoint, Rhythm, Site, loopback
from traybeat.exporter.exposition import Exposition
from traybeat.exporter.pages import Pages
from traybeat.host.scalars import shown
from traybeat.host.tls import CertificateError, Pair, context
from traybeat.model.errors import Fault, SecretMissingError, SecretsUnavailableError
from traybeat.model.service import Secret, Secrets
from traybeat.model.settings import Credentials, SecretRef, Settings, Tls
from traybeat.model.settings import Exporter as Options

OPEN_PATHS = frozenset({"/healthz"})


class Exporter:
    """Owns the exporter's site and gate; checks and applies its section of the settings.

    `secrets` gives what can be had at once. Credentials that the keyring has to be asked for leave the gate sealed:
    nothing opens it until `unseal` has had them; `sealed` says why meanwhile, and new settings that have such ones call
    `sealing`.
    """

    def __init__(
        self,
        exposition: Exposition,
        parts: Callable[[], Mapping[str, str]],
        secrets: Secrets,
        own_name: str,
        settings: Settings,
        rhythm: Rhythm,
        sealing: Callable[[], None] = lambda: None,
    ) -> None:
        self._sealing = sealing
        self._secrets = secrets
        self._own_name = own_name
        self._options = settings.exporter
        self.sealed: str | None = None
        self._gate = Gate(Pages(exposition, parts), self._policy(settings.exporter))
        self.site = Site("exporter", self._gate, endpoint(settings.exporter), rhythm)

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Say what can't be: an open door to the network, half a pair, a secret that is not there."""
        return tuple(faults(new.exporter, self._secrets))

    def apply(self, old: Settings, new: Settings) -> None:
        """Move the listener, change what opens it, or both."""
        if new.exporter != old.exporter:
            self._options = new.exporter
            self._gate.policy = self._policy(new.exporter)
            self.site.configure(endpoint(new.exporter))
            if self.sealed:
                self._sealing()

    def unseal(self, secrets: Secrets) -> bool:
        """Ask for the credentials, which may take seconds, and let them open the gate; says whether they do."""
        options = self._options
        try:
            found = keys(options.credentials, secrets)
        except SecretMissingError as error:
            self.sealed = f"nobody can scrape: {error}"
            return False
        if options is self._options:
            self._gate.policy = replace(self._gate.policy, keys=found)
            self.sealed = None
        return self.sealed is None

    def _policy(self, options: Options) -> Policy:
        hosts = policy_hosts(self._own_name, options.hosts)
        self.sealed = None
        try:
            found = keys(options.credentials, self._secrets)
        except SecretsUnavailableError as error:
            self.sealed = f"nobody can scrape yet: {error}"
            found = Keys(token=Secret(token_urlsafe()))
        return Policy("exporter", hosts, found, OPEN_PATHS)


def endpoint(options: Options) -> Endpoint | None:
    """Give where to listen; None where the exporter is off."""
    return Endpoint(options.address, options.port, pair(options.tls)) if options.enabled else None


def pair(tls: Tls) -> Pair | None:
    """Give the certificate's files, where both are set."""
    return Pair(Path(tls.certificate), Path(tls.key)) if tls.certificate and tls.key else None


def keys(credentials: Credentials, secrets: Secrets) -> Keys:
    """Look the credentials' secrets up; raises SecretMissingError."""

    def look_up(reference: SecretRef | None) -> Secret | None:
        return secrets.get(reference.secret) if reference is not None else None

    return Keys(credentials.username, look_up(credentials.password), look_up(credentials.token))


def faults(options: Options, secrets: Secrets) -> Iterator[Fault]:
    """Find everything in the exporter's settings that is wrong beyond its type."""
    if not options.enabled:
        return
    yield from _address(options)
    yield from _credentials(options.credentials, secrets)
    yield from _tls(options.tls)


def _address(options: Options) -> Iterator[Fault]:
    try:
        local = loopback(options.address)
    except ValueError:
        expected = "an IP address such as 127.0.0.1, ::1 or 0.0.0.0, or localhost"
        yield Fault("exporter.address", shown(options.address), expected)
        return
    if not local and not options.credentials.required and not options.allow_anonymous:
        yield Fault(
            "exporter.address",
            f"{options.address}, which the network can reach, without credentials",
            "127.0.0.1, or exporter.credentials set, or exporter.allow_anonymous: true",
        )


def _credentials(credentials: Credentials, secrets: Secrets) -> Iterator[Fault]:
    if (credentials.username is None) != (credentials.password is None):
        missing = "password" if credentials.password is None else "username"
        yield Fault(f"exporter.credentials.{missing}", "nothing", "both username and password, or neither")
    for name in ("password", "token"):
        reference: SecretRef | None = getattr(credentials, name)
        if reference is None:
            continue
        path = f"exporter.credentials.{name}"
        try:
            if not secrets.get(reference.secret).reveal():
                yield Fault(path, "an empty secret", "a secret with something in it")
        except SecretsUnavailableError:
            continue  # it may be in the keyring, which is asked once we listen
        except SecretMissingError as missing_secret:
            yield Fault(path, f"{{secret: {reference.secret}}}", str(missing_secret))


def _tls(tls: Tls) -> Iterator[Fault]:
    if (tls.certificate is None) != (tls.key is None):
        missing = "key" if tls.key is None else "certificate"
        yield Fault(f"exporter.tls.{missing}", "nothing", "both certificate and key, or neither")
    elif (files := pair(tls)) is not None:
        try:
            context(files)
        except CertificateError as error:
            yield Fault("exporter.tls", f"files that can't be used: {error}", "a certificate and the key it belongs to")
