"""The package as its users have it: installed on a clean Linux, in a desktop session and without one."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

import certificates
from agent import until
from counterparts import http_server
from desktop.screen import screen, told
from desktop.test_keyring import daemon
from desktop.test_tray import GREEN, Session
from packages.linux.chroot import ROOT, Chroot, Person
from packages.linux.conftest import Built

SCREENS = ROOT / "build" / "screens"
MOST_COLOURS_OF_NOTHING = 50


def metrics(person: Person) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{person.port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def answers(person: Person) -> bool:
    try:
        return "node_cpu_seconds_total" in metrics(person)
    except OSError:
        return False


@contextmanager
def running(person: Person, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = person.start(*arguments)
    try:
        until(lambda: answers(person) or process.poll() is not None, 20, "the first answer")
        assert process.poll() is None, process.communicate()[0]
        yield process
        process.terminate()
        said, _ = process.communicate(timeout=10)
        assert process.returncode == 0, said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def person(desktop: Chroot, new_port: Callable[[], int]) -> Person:
    return Person(desktop, new_port(), new_port())


def test_a_server_without_graphics_runs_it_and_a_purge_leaves_nothing(
    bare: Chroot, built: Built, new_port: Callable[[], int]
) -> None:
    assert bare.traces() == []
    bare.install(bare.bring(built.deb))
    person = Person(bare, new_port(), new_port())
    with running(person, "--headless"):
        assert "exporter    listening" in person.told("status")
        assert "There is no display" in person.do("window").stderr
    bare.run("dpkg", "--purge", "traybeat")
    assert bare.traces() == []
    assert (person.home / ".local/share/traybeat/telemetry.db").exists()


def test_its_icon_and_its_window_are_seen(desktop: Chroot, new_port: Callable[[], int], tmp_path: Path) -> None:
    with screen(tmp_path, activates=True) as environ:
        session = Session(environ, tmp_path)
        session.begin_panel()
        person = Person(desktop, new_port(), new_port(), environ)
        process = person.start()
        try:
            until(lambda: session.item() is not None and GREEN in session.colours(), 30, "a green icon")
            assert "StatusNotifier host shows the icon" in person.do("doctor").stdout
            person.told("window")
            shown = ("xdotool", "search", "--onlyvisible", "--name", "^Traybeat$")
            until(lambda: told(environ, *shown) != "", 30, "the window")
            window = told(environ, *shown).strip()
            assert '"traybeat"' in told(environ, "xprop", "-id", window, "WM_CLASS")
            until(lambda: colours(environ, window, tmp_path) > MOST_COLOURS_OF_NOTHING, 30, "the drawn overview")
            SCREENS.mkdir(parents=True, exist_ok=True)
            told(environ, "import", "-window", "root", str(SCREENS / "installed.png"))
            log = (person.home / ".local/state/traybeat/log/traybeat.log").read_text("utf-8")
            assert "browser" not in log
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=15)
            session.end_panel()
        assert process.returncode == 0, said


def colours(environ: dict[str, str], window: str, place: Path) -> int:
    """Count the colours of a window: one that is drawn has hundreds."""
    picture = str(place / "window.png")
    told(environ, "import", "-window", window, picture)
    return int(told(environ, "identify", "-format", "%k", picture) or 0)


def test_it_keeps_secrets_in_the_sessions_keyring(person: Person, tmp_path: Path) -> None:
    with screen(tmp_path) as environ, daemon(environ):
        person.environ |= {"DBUS_SESSION_BUS_ADDRESS": environ["DBUS_SESSION_BUS_ADDRESS"]}
        assert person.told("secret", "set", "smtp-password", value="hush hush\n") == "kept: smtp-password\n"
        assert "ok    keyring" in person.do("doctor").stdout
        assert person.told("secret", "delete", "smtp-password") == "deleted: smtp-password\n"


def test_it_trusts_whom_the_system_trusts(person: Person, desktop: Chroot, tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http_server(context=context) as peer:
        url = f"https://localhost:{peer.port}/hook"
        person.environ["TRAYBEAT_CHANNELS__WEBHOOK__URL"] = url
        person.environ["TRAYBEAT_CHANNELS__WEBHOOK__ALLOW_LOOPBACK"] = "true"
        made = person.told("key", "create", "tester", "--scope", "admin")
        token = next(word for word in made.split() if word.startswith("tb_"))
        with running(person, "--headless"):
            assert "its certificate is not trusted" in tried(person, token)
            shutil.copy(certificate, desktop.root / "usr/local/share/ca-certificates/peer.crt")
            desktop.run("update-ca-certificates")
            assert "HTTP 200" in tried(person, token)
    person.told("key", "revoke", "tester")


def tried(person: Person, token: str) -> str:
    """Have a test message sent, and give what is told of it."""
    address = f"http://127.0.0.1:{person.dashboard}/api/channels/webhook/test"
    request = urllib.request.Request(address, b"", {"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def test_it_tells_the_time_of_the_systems_zone(person: Person) -> None:
    def loaded(zone: str) -> datetime:
        line = next(line for line in person.told("status", TZ=zone).splitlines() if ", loaded " in line)
        return datetime.strptime(line.rpartition(", loaded ")[2], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (as it is shown)

    with running(person, "--headless"):
        assert (loaded("Asia/Seoul") - loaded("UTC")).total_seconds() == 9 * 3600


def test_an_upgrade_while_it_runs_keeps_what_the_earlier_version_wrote_and_a_purge_does_too(
    person: Person, desktop: Chroot, built: Built
) -> None:
    rules = person.home / ".config/traybeat/rules.yaml"
    log = person.home / ".local/state/traybeat/log/traybeat.log"
    with running(person, "--headless") as process:
        rules.write_text("- {id: mine, name: Mine, metric: system_cpu_busy_ratio, threshold: 0.5}\n", "utf-8")
        person.told("key", "create", "kept")
        until(lambda: "system_load1 " in metrics(person), 20, "some history")
        assert version(desktop) == "0.0.1"
        before = started(person)
        desktop.install(desktop.bring(built.deb))
        assert version(desktop) == person.told("--version").split()[1]
        until(lambda: "program replaced" in log.read_text("utf-8"), 20, "a word about the upgrade")
        until(lambda: started(person) > before, 20, "the new version in its place")
        assert process.poll() is None
        assert "kept" in person.told("key", "list")
        assert "Mine" in person.told("rules", "export")
        assert person.told("export", "system_load1").count("\n") > 1
        desktop.run("dpkg", "--purge", "traybeat")
        process.wait(20)
    assert "program removed" in log.read_text("utf-8")
    assert desktop.traces() == []
    kept = {path.name for path in person.home.rglob("*") if path.is_file()}
    assert {"settings.yaml", "rules.yaml", "telemetry.db", "journal.db"} <= kept


def version(chroot: Chroot) -> str:
    return chroot.run("dpkg-query", "-W", "-f", "${Version}", "traybeat")


def started(person: Person) -> float:
    """Give when the program there began to run, in Unix seconds; 0 while it does not answer."""
    done = person.do("status", "--json")
    return float(json.loads(done.stdout)["started"]) if done.returncode == 0 else 0.0
