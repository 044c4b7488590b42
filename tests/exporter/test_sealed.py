"""Credentials that the keyring has to be asked for: nobody waits for them, and nobody scrapes without them."""

from fakes import FakeClock
from traybeat.engine.latest import Latest
from traybeat.engine.rates import Rates
from traybeat.engine.site import Rhythm
from traybeat.exporter.exporter import Exporter, faults
from traybeat.exporter.exposition import Exposition
from traybeat.model.errors import SecretMissingError, SecretsUnavailableError
from traybeat.model.service import Secret
from traybeat.model.settings import Credentials, SecretRef, Settings
from traybeat.model.settings import Exporter as Options

CREDENTIALS = Credentials(token=SecretRef("scrape"))


class Locked:
    def __init__(self, error: SecretMissingError | None) -> None:
        self.error = error

    def get(self, name: str) -> Secret:
        if self.error:
            raise self.error
        return Secret("token")


LATER = Locked(SecretsUnavailableError("the keyring is locked"))


def make(options: Options, told: list[str]) -> Exporter:
    exposition = Exposition(Latest(), FakeClock())
    settings = Settings(exporter=options)
    return Exporter(
        exposition,
        dict,
        LATER,
        "atlas",
        settings,
        Rhythm(),
        Rates(FakeClock().wall),
        sealing=lambda: told.append("sealed"),
    )


def test_a_locked_keyring_is_no_fault_of_the_settings() -> None:
    assert not list(faults(Options(credentials=CREDENTIALS), LATER))


def test_the_exporter_stays_sealed_until_the_credentials_are_had() -> None:
    exporter = make(Options(credentials=CREDENTIALS), [])
    assert "nobody can scrape yet" in str(exporter.sealed)
    assert not exporter.unseal(Locked(SecretMissingError("the secret 'scrape' is not there")))
    assert exporter.sealed == "nobody can scrape: the secret 'scrape' is not there"
    assert exporter.unseal(Locked(None))
    assert exporter.sealed is None


def test_settings_that_seal_it_say_so_and_others_open_it() -> None:
    told: list[str] = []
    exporter = make(Options(), told)
    plain, closed = Settings(exporter=Options()), Settings(exporter=Options(credentials=CREDENTIALS))
    exporter.apply(plain, closed)
    assert (told, bool(exporter.sealed)) == (["sealed"], True)
    exporter.apply(closed, plain)
    assert (told, bool(exporter.sealed)) == (["sealed"], False)


def test_credentials_that_are_missing_for_good_are_a_fault() -> None:
    found = list(faults(Options(credentials=CREDENTIALS), Locked(SecretMissingError("set TRAYBEAT_SECRET_SCRAPE"))))
    assert [fault.expected for fault in found] == ["set TRAYBEAT_SECRET_SCRAPE"]
