import gzip
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import certificates
from fakes import FakeClock, FakeSecrets, batch
from traybeat.engine import site
from traybeat.engine.latest import Latest
from traybeat.engine.rates import Rates
from traybeat.engine.site import Condition, Endpoint, Rhythm, bind
from traybeat.engine.web import Web
from traybeat.exporter.exporter import Exporter, faults
from traybeat.exporter.exposition import Exposition
from traybeat.model.errors import TraybeatError
from traybeat.model.metric import gauge
from traybeat.model.settings import Credentials, SecretRef, Settings, Tls
from traybeat.model.settings import Exporter as Options
from traybeat.model.stop import Stop

SECRETS = FakeSecrets(scrape="pässword", bearer="token", empty="")
Answer = tuple[int, dict[str, str], bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def until(condition: Callable[[], bool], seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.01)


class Bench:
    def __init__(self, options: Options) -> None:
        latest = Latest()
        latest.accept(batch("a", (gauge("a_ratio", "ratio", "A ratio.").sample(0.5),)))
        self.settings = Settings(exporter=options)
        self.exporter = Exporter(
            Exposition(latest, FakeClock()),
            lambda: {"history": "ok"},
            SECRETS,
            "atlas",
            self.settings,
            Rhythm(0.05, 0.05),
            Rates(time.time),
        )

    @property
    def state(self) -> site.SiteState:
        return self.exporter.site.state

    def change(self, **changes: object) -> None:
        new = Settings(exporter=replace(self.settings.exporter, **changes))  # type: ignore[arg-type]
        assert self.exporter.check(new) == ()
        self.exporter.apply(self.settings, new)
        self.settings = new

    def listening(self) -> None:
        until(
            lambda: (
                self.state.condition is Condition.LISTENING and f":{self.settings.exporter.port}" in str(self.state.url)
            )
        )

    def get(
        self, path: str = "/metrics", method: str = "GET", tls: ssl.SSLContext | None = None, **headers: str
    ) -> Answer:
        port = self.settings.exporter.port
        connection = (
            http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=5)
            if tls
            else http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        )
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(**options: object) -> Iterator[Bench]:
    bench, stop = Bench(Options(port=free_port(), **options)), Stop()  # type: ignore[arg-type]
    thread = threading.Thread(target=Web((bench.exporter.site,)).run, args=(stop,))
    thread.start()
    try:
        yield bench
    finally:
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_metrics_are_served_as_text_and_as_openmetrics() -> None:
    with serving() as bench:
        bench.listening()
        status, headers, body = bench.get()
        assert status == 200
        assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert headers["content-length"] == str(len(body))
        assert b"a_ratio 0.5\n" in body
        _, headers, body = bench.get(Accept="application/openmetrics-text;version=1.0.0")
        assert headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        assert body.endswith(b"# EOF\n")


def test_who_accepts_gzip_gets_it() -> None:
    with serving() as bench:
        bench.listening()
        _, headers, body = bench.get(Accept_Encoding="gzip")
        assert headers["content-encoding"] == "gzip"
        assert b"a_ratio 0.5\n" in gzip.decompress(body)
        assert "content-encoding" not in bench.get()[1]


def test_the_landing_page_leads_to_the_metrics_and_healthz_says_ok() -> None:
    with serving() as bench:
        bench.listening()
        status, headers, body = bench.get("/")
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b'href="/metrics"' in body
        assert json.loads(bench.get("/healthz")[2]) == {"status": "ok", "parts": {"history": "ok"}}
        assert bench.get("/metrics", "HEAD")[2] == b""


@pytest.mark.parametrize(("path", "method", "status"), [("/config", "GET", 404), ("/metrics", "POST", 405)])
def test_other_paths_and_methods_get_a_problem_document(path: str, method: str, status: int) -> None:
    with serving() as bench:
        bench.listening()
        got, headers, body = bench.get(path, method)
        assert got == status
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["status"] == status


def test_a_foreign_host_is_misdirected() -> None:
    with serving() as bench:
        bench.listening()
        assert bench.get(Host="evil.example")[0] == 421


def test_credentials_are_asked_for_and_changed_while_it_listens() -> None:
    token = Credentials(token=SecretRef("bearer"))
    with serving(credentials=token) as bench:
        bench.listening()
        assert bench.get()[0] == 401
        assert bench.get("/healthz")[0] == 200
        assert bench.get(Authorization="Bearer token")[0] == 200
        bench.change(credentials=Credentials(username="prometheus", password=SecretRef("scrape")))
        assert bench.get(Authorization="Bearer token")[0] == 401


def test_a_port_that_is_taken_is_told_and_tried_again() -> None:
    with socket.socket() as other, serving() as bench:
        bench.listening()
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        bench.change(port=taken)
        until(lambda: bench.state.condition is Condition.WAITING)
        assert bench.state.problem == (
            f"port {taken} is taken by another program; stop that, or set exporter.port; trying again every 0 s"
        )
        other.close()
        bench.listening()
        assert bench.get()[0] == 200


def test_switched_off_it_closes_its_port_and_opens_it_again() -> None:
    with serving() as bench:
        bench.listening()
        bench.change(enabled=False)
        until(lambda: bench.state.condition is Condition.OFF)
        with pytest.raises(ConnectionRefusedError):
            bench.get()
        bench.change(enabled=True)
        bench.listening()
        assert bench.get()[0] == 200


def test_https_takes_a_new_certificate_on_and_keeps_the_old_one_for_a_bad(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = certificates.make(tmp_path)
    with serving(tls=Tls(str(certificate), str(key))) as bench:
        bench.listening()
        assert str(bench.state.url).startswith("https://")
        first = ssl.create_default_context(cafile=str(certificate))
        assert bench.get(tls=first)[0] == 200
        key.write_text("broken")
        until(lambda: bench.state.problem is not None)
        assert "stays in use" in str(bench.state.problem)
        assert bench.get(tls=first)[0] == 200
        certificates.make(tmp_path)
        second = ssl.create_default_context(cafile=str(certificate))
        until(lambda: bench.state.problem is None)
        assert bench.get(tls=second)[0] == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            bench.get(tls=first)
    assert "certificate refused" in caplog.text


def test_old_tls_is_refused(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    old = ssl.create_default_context(cafile=str(certificate))
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(tls=Tls(str(certificate), str(key))) as bench:
        bench.listening()
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            bench.get(tls=old)


def told(options: Options) -> list[str]:
    return [str(fault) for fault in faults(options, SECRETS)]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_loopback_needs_no_credentials(address: str) -> None:
    assert told(Options(address=address)) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.7.2"])  # noqa: S104 (never bound)
def test_the_network_needs_credentials_or_an_explicit_word(address: str) -> None:
    (fault,) = told(Options(address=address))
    assert "exporter.allow_anonymous: true" in fault
    assert "exporter.credentials" in fault
    assert told(Options(address=address, allow_anonymous=True)) == []
    assert told(Options(address=address, credentials=Credentials(token=SecretRef("bearer")))) == []


def test_an_address_is_an_address() -> None:
    (fault,) = told(Options(address="atlas.home"))
    assert fault.startswith('exporter.address: found "atlas.home", expected an IP address')


@pytest.mark.parametrize(
    ("credentials", "path"),
    [
        (Credentials(username="x"), "exporter.credentials.password"),
        (Credentials(password=SecretRef("scrape")), "exporter.credentials.username"),
        (Credentials(token=SecretRef("unknown")), "exporter.credentials.token"),
        (Credentials(token=SecretRef("empty")), "exporter.credentials.token"),
    ],
)
def test_half_or_missing_credentials_are_faults(credentials: Credentials, path: str) -> None:
    assert [fault.path for fault in faults(Options(credentials=credentials), SECRETS)] == [path]


def test_half_a_pair_or_one_that_does_not_fit_is_a_fault(tmp_path: Path) -> None:
    certificate, _ = certificates.make(tmp_path, "one")
    _, key = certificates.make(tmp_path, "two")
    assert "exporter.tls.key" in told(Options(tls=Tls(certificate=str(certificate))))[0]
    assert "is not the key of" in told(Options(tls=Tls(str(certificate), str(key))))[0]


def test_an_exporter_that_is_off_has_no_faults() -> None:
    assert told(Options(enabled=False, address="nonsense")) == []


def test_an_address_of_another_machine_can_not_be_bound() -> None:
    with pytest.raises(TraybeatError, match=r"192\.0\.2\.1 is not an address of this machine; set exporter\.address"):
        bind(Endpoint("192.0.2.1", 9100), "exporter")


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    assert Endpoint("::1", 9100).url == "http://[::1]:9100"
