"""Secrets in a real gnome-keyring: unlocked, locked, absent. Through the program, as its users do it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from agent import Agent, until
from desktop.screen import bus, told
from servers import needs
from traybeat.host.vault import open_vault
from traybeat.model.errors import SecretMissingError, SecretsUnavailableError

pytestmark = [needs("gnome-keyring-daemon"), needs("dbus-daemon")]

_NAMES = (
    "dbus-send",
    "--session",
    "--print-reply",
    "--dest=org.freedesktop.DBus",
    "/",
    "org.freedesktop.DBus.ListNames",
)
_LOCK = "import secretstorage as s; c = s.dbus_init(); s.get_default_collection(c).lock()"


@contextmanager
def daemon(environ: dict[str, str]) -> Iterator[None]:
    """Run gnome-keyring with its login keyring unlocked, as logging in does."""
    process = subprocess.Popen(
        ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin
    with process:
        process.stdin.write(b"password")
        process.stdin.close()
        try:
            until(lambda: "org.freedesktop.secrets" in told(environ, *_NAMES), what="the keyring")
            yield
        finally:
            process.kill()


def lock(environ: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", _LOCK], env=environ, check=True, timeout=20)


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, 1)


def secret(agent: Agent, *arguments: str, value: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "traybeat", "secret", *arguments],
        env=agent.environ, input=value or "", capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_secret_is_kept_listed_used_and_forgotten(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bus(tmp_path / "home", activates=False) as environ, daemon(environ):
        agent.environ |= environ
        assert secret(agent, "set", "smtp-password", value="hush hush\n").stdout == "kept: smtp-password\n"
        assert secret(agent, "list").stdout == "smtp-password\n"
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        vault = open_vault(agent.data / "secret-names.json", environ)
        assert vault.get("smtp-password").reveal() == "hush hush"
        lock(environ)
        started = time.monotonic()
        with pytest.raises(SecretsUnavailableError, match="locked; unlock it"):
            vault.get("smtp-password")
        assert time.monotonic() - started < 3
        with pytest.raises(SecretsUnavailableError, match="locked"):
            vault.drop("smtp-password")
    on_disk = [path for path in tmp_path.rglob("*") if path.is_file() and b"hush" in path.read_bytes()]
    assert on_disk == []


def test_deleting_needs_the_secret_to_be_there(agent: Agent, tmp_path: Path) -> None:
    with bus(tmp_path / "home", activates=False) as environ, daemon(environ):
        agent.environ |= environ
        assert "has no secret 'a'" in secret(agent, "delete", "a").stderr
        secret(agent, "set", "a", value="x")
        assert secret(agent, "delete", "a").stdout == "deleted: a\n"
        assert secret(agent, "list").stdout == ""
        for name in ("one", "two"):
            secret(agent, "set", name, value="x")
        assert secret(agent, "delete", "--all").stdout == "deleted: one\ndeleted: two\n"
        assert secret(agent, "list").stdout == ""
        refused = secret(agent, "set", "a b", value="x")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "a secret's name has letters" in refused.stderr


def test_without_a_keyring_it_says_what_to_do_instead(agent: Agent, tmp_path: Path) -> None:
    with bus(tmp_path / "home", activates=False) as environ:
        agent.environ |= environ
        done = secret(agent, "set", "a", value="x")
        assert done.returncode == 1
        assert "there is no keyring here; set TRAYBEAT_SECRET_A" in done.stderr
        assert open_vault(tmp_path / "names", {}).names() == ()
        with pytest.raises(SecretMissingError):
            open_vault(tmp_path / "names", {}).get("a")


def test_an_agent_whose_keyring_is_locked_starts_at_once_and_goes_on_once_it_is_not(
    tmp_path: Path, free_port: int
) -> None:
    settings = f"exporter: {{port: {free_port}, credentials: {{token: {{secret: scrape}}}}}}\n"

    def scrape() -> int:
        request = Request(f"http://127.0.0.1:{free_port}/metrics", headers={"Authorization": "Bearer hush"})
        try:
            with urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    with bus(tmp_path / "home", activates=False) as environ:
        agent = Agent(tmp_path, free_port, settings, **environ, TRAYBEAT_DASHBOARD__ENABLED="false")
        with daemon(environ):
            assert secret(agent, "set", "scrape", value="hush").returncode == 0
            lock(environ)
            started = time.monotonic()
            process = agent.start("--headless")
            until(agent.answers, what="the first answer")
            assert time.monotonic() - started < 3
            assert scrape() == 503
            until(lambda: "the keyring is locked" in " ".join(agent.status()["notices"]), what="the notice")
        with daemon(environ):
            until(lambda: scrape() == 200, 25, "the first scrape")
            assert agent.status()["notices"] == []
        process.terminate()
        process.communicate(timeout=10)
