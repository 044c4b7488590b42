"""Who may scrape: credentials from the settings, and a limit that no scraper meets."""

from dataclasses import dataclass

from traybeat.engine.credentials import Keys
from traybeat.engine.gate import Admission, Request, text
from traybeat.engine.rates import Quota, Rates
from traybeat.engine.refusal import Refusal
from traybeat.engine.strikes import strike, too_many

OPEN_PATHS = frozenset({"/healthz"})
SCRAPES = Quota("scrapes", 12_000, 60)
"""A scrape every second is 60; so many would take a tenth of a core."""


@dataclass(frozen=True, slots=True)
class ScrapeGuard:
    """Asks for the credentials, but where the path is open to all; None is credentials that are still to come."""

    keys: Keys | None
    rates: Rates

    async def admit(self, request: Request) -> Admission | Refusal:
        """Let a request in or refuse it."""
        verdict = self.rates.hit(SCRAPES, request.peer)
        if not verdict.granted:
            return too_many("Too many requests from one address", verdict.reset)
        if self.keys is None and request.path not in OPEN_PATHS:
            told = "The keyring has not given the exporter's credentials yet; `traybeat status` says why."
            return Refusal(503, "Service Unavailable", told, ((b"retry-after", b"15"),))
        if self.keys is not None and self.keys.required and request.path not in OPEN_PATHS:
            given = text(request.headers.get(b"authorization"))
            if not given or not self.keys.fit(given):
                told = "Present what exporter.credentials asks for."
                challenge = ((b"www-authenticate", self.keys.challenge),)
                return strike(Refusal(401, "Unauthorized", told, challenge), self.rates, request.peer)
        return Admission()
