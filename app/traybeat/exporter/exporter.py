"""The exporter as a part that lives by the settings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from traybeat.engine.credentials import Keys
from traybeat.engine.gate import Gate, Policy
from traybeat.engine.hosts import policy_hosts
from traybeat.engine.listening import address_faults, pair, tls_faults
from traybeat.engine.rates import Rates
from traybeat.engine.site import Endpoint, Rhythm, Site
from traybeat.exporter.exposition import Exposition
from traybeat.exporter.guard import ScrapeGuard
from traybeat.exporter.pages import Pages
from traybeat.model.errors import Fault, SecretMissingError, SecretsUnavailableError
from traybeat.model.service import Secret, Secrets
from traybeat.model.settings import Credentials, SecretRef, Settings
from traybeat.model.settings import Exporter as Options


class Exporter:
    """Owns the exporter's site and gate; checks and applies its section of the settings.

    `secrets` gives what can be had at once. Credentials that the keyring has to be asked for leave it sealed:
    nobody scrapes until `unseal` has had them; `sealed` says why meanwhile, and new settings that have such ones call
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
        rates: Rates,
        sealing: Callable[[], None] = lambda: None,
    ) -> None:
        self._sealing = sealing
        self._secrets = secrets
        self._rates = rates
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
            self._gate.policy = replace(self._gate.policy, guard=ScrapeGuard(found, self._rates))
            self.sealed = None
        return self.sealed is None

    def _policy(self, options: Options) -> Policy:
        hosts = policy_hosts(self._own_name, options.hosts)
        self.sealed = None
        try:
            found: Keys | None = keys(options.credentials, self._secrets)
        except SecretsUnavailableError as error:
            self.sealed = f"nobody can scrape yet: {error}"
            found = None
        return Policy("exporter", hosts, ScrapeGuard(found, self._rates))


def endpoint(options: Options) -> Endpoint | None:
    """Give where to listen; None where the exporter is off."""
    return Endpoint(options.address, options.port, pair(options.tls)) if options.enabled else None


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
    yield from tls_faults("exporter", options.tls)


def _address(options: Options) -> Iterator[Fault]:
    def open_to_all() -> Fault:
        return Fault(
            "exporter.address",
            f"{options.address}, which the network can reach, without credentials",
            "127.0.0.1, or exporter.credentials set, or exporter.allow_anonymous: true",
        )

    guarded = options.credentials.required or options.allow_anonymous
    yield from address_faults("exporter", options.address, None if guarded else open_to_all)


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
