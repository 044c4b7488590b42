import email
import email.policy
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from counterparts import HOSTILE, Mailbox, contexts, mail_server, message, notice
from fakes import FakeSecrets
from traybeat.channels.email import Email, Options, build, check, compose
from traybeat.channels.registry import Outfit
from traybeat.model.errors import SecretMissingError
from traybeat.model.message import Rejected, Unreachable
from traybeat.model.settings import SecretRef

SECRETS = FakeSecrets(**{"smtp-password": "correct horse", "wrong": "battery staple"})
PLAIN: dict[str, Any] = {
    "host": "127.0.0.1",
    "security": "none",
    "sender": "traybeat@example.org",
    "recipients": ("ann@example.org", "ben@example.org"),
}


def channel(box: Mailbox, context: ssl.SSLContext | None = None, seconds: float = 30.0, **options: Any) -> Email:
    return Email(Options(**{**PLAIN, "port": box.port, **options}), SECRETS, "box", context, seconds)


def read(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_arrives_as_plain_text_and_as_html(free_port: int) -> None:
    with mail_server(free_port) as box:
        assert channel(box).send(message()) == "accepted"
    mail = read(box.mails[0])
    assert mail["Subject"] == "[warning] CPU busy on box"
    assert mail["From"] == "Traybeat <traybeat@example.org>"
    assert mail["To"] == "ann@example.org, ben@example.org"
    assert mail["Message-ID"] == "<0123456789abcdef@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert "CPU busy: 95 % on box" in part.get_content()
        assert "make (42, ann)" in part.get_content()
    assert box.recipients == [["ann@example.org", "ben@example.org"]]


def test_starttls_protects_the_connection(free_port: int, tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    with mail_server(free_port, tls_context=server, require_starttls=True) as box:
        channel(box, client, host="localhost", security="starttls").send(message())
    assert box.encrypted == [True]


def test_starttls_is_mandatory_where_it_is_asked_for(free_port: int) -> None:
    with mail_server(free_port) as box, pytest.raises(Unreachable, match="does not offer"):
        channel(box, security="starttls").send(message())
    assert box.mails == []


def test_a_wrong_certificate_is_not_trusted(free_port: int, tmp_path: Path) -> None:
    server, _ = contexts(tmp_path)
    with (
        mail_server(free_port, tls_context=server) as box,
        pytest.raises(Unreachable, match="its certificate is not trusted"),
    ):
        channel(box, host="localhost", security="starttls").send(message())
    assert box.mails == []


def test_a_certificate_of_another_name_is_not_trusted(free_port: int, tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    with (
        mail_server(free_port, tls_context=server) as box,
        pytest.raises(Unreachable, match="its certificate is not trusted"),
    ):
        channel(box, client, host="127.1", security="starttls").send(message())


def test_tls_from_the_start_is_spoken_where_it_is_asked_for(free_port: int, tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    with mail_server(free_port, ssl_context=server) as box:
        channel(box, client, host="localhost", security="tls").send(message())
        assert len(box.mails) == 1
        with pytest.raises(Unreachable, match="its certificate is not trusted"):
            channel(box, security="tls").send(message())


def test_a_user_logs_in_with_the_secret(free_port: int) -> None:
    with mail_server(free_port) as box:
        channel(box, username="ann", password=SecretRef("smtp-password")).send(message())
    assert box.users == ["ann"]
    assert len(box.mails) == 1


def test_a_wrong_password_is_a_refusal_and_does_not_show(free_port: int) -> None:
    with mail_server(free_port) as box, pytest.raises(Rejected, match="SMTP 535") as caught:
        channel(box, username="ann", password=SecretRef("wrong")).send(message())
    assert "battery" not in str(caught.value)
    assert box.mails == []


def test_a_missing_password_is_told_by_its_name(free_port: int) -> None:
    with mail_server(free_port) as box, pytest.raises(SecretMissingError, match="nowhere"):
        channel(box, username="ann", password=SecretRef("nowhere")).send(message())


def test_greylisting_is_for_now(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.answer = "451 4.7.1 greylisted, try again later"
        with pytest.raises(Unreachable, match=r"SMTP 451: 4\.7\.1 greylisted"):
            channel(box).send(message())


def test_a_refusal_of_the_mail_is_for_good(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.answer = "554 5.7.1 looks like spam"
        with pytest.raises(Rejected, match="SMTP 554"):
            channel(box).send(message())


def test_one_recipient_who_is_refused_does_not_keep_it_from_the_others(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.refused = {"ben@example.org": "550 5.1.1 no such user"}
        assert channel(box).send(message()) == "accepted, but not for 1 of the recipients"
    assert box.recipients == [["ann@example.org"]]


def test_when_every_recipient_is_refused_for_good_so_is_the_mail(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.refused = dict.fromkeys(PLAIN["recipients"], "550 5.1.1 no such user")
        with pytest.raises(Rejected, match="SMTP 550"):
            channel(box).send(message())


def test_when_one_of_the_refused_may_be_tried_later_it_is_for_now(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.refused = {"ann@example.org": "450 4.2.0 busy", "ben@example.org": "550 5.1.1 no such user"}
        with pytest.raises(Unreachable, match="SMTP 450"):
            channel(box).send(message())


def test_a_server_that_hangs_after_the_data_is_left_in_time(free_port: int) -> None:
    with mail_server(free_port) as box:
        box.hang = True
        started = time.monotonic()
        with pytest.raises(Unreachable):
            channel(box, seconds=0.5).send(message())
        assert time.monotonic() - started < 5
    assert len(box.mails) == 1


def test_a_server_that_drips_its_greeting_is_left_in_time() -> None:
    stop = threading.Event()

    def greet(connection: socket.socket) -> None:
        while not stop.wait(0.05):
            connection.sendall(b"220-wait\r\n")

    with talking(greet) as port:
        started = time.monotonic()
        with pytest.raises(Unreachable, match=r"no answer within 0\.5 s"):
            channel(Mailbox(port), seconds=0.5).send(message())
        assert time.monotonic() - started < 5
        stop.set()


@pytest.mark.parametrize(
    ("greeting", "kind"), [(b"421 too busy\r\n", Unreachable), (b"554 go away\r\n", Rejected), (b"", Unreachable)]
)
def test_a_server_that_does_not_want_us_is_believed(greeting: bytes, kind: type[Exception]) -> None:
    with talking(lambda connection: connection.sendall(greeting)) as port, pytest.raises(kind):
        channel(Mailbox(port)).send(message())


def test_nobody_listening_is_for_now(free_port: int) -> None:
    with pytest.raises(Unreachable, match="the connection was refused"):
        channel(Mailbox(free_port)).send(message())


def test_a_name_that_can_not_be_looked_up_is_for_now() -> None:
    with pytest.raises(Unreachable, match="can't be looked up"):
        channel(Mailbox(25), host="host.invalid").send(message())


def test_user_controlled_text_never_reaches_a_header() -> None:
    hostile = message(notice(name=HOSTILE, text=HOSTILE, labels={HOSTILE: HOSTILE}), host=HOSTILE)
    mail = read(compose(hostile, Options(**PLAIN)).as_bytes())
    assert set(mail.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    }
    assert mail["Bcc"] is None
    assert "eve@example.org" not in mail["To"]


def test_user_controlled_text_is_no_markup() -> None:
    part = compose(message(notice(text="<img src=x onerror=alert(1)>", name="<b>")), Options(**PLAIN)).get_body(
        ("html",)
    )
    assert part is not None
    assert "<img" not in part.get_content()
    assert "&lt;img" in part.get_content()


def test_lines_keep_to_what_smtp_allows() -> None:
    mail = compose(message(notice(text="ü" * 5000)), Options(**PLAIN)).as_bytes()
    assert max(len(line) for line in mail.split(b"\r\n")) <= 998
    assert mail.isascii()


def test_a_test_message_and_a_digest_say_what_they_are() -> None:
    for one, expected in [
        (message(notices=(), kind="test"), "alerts will reach you here"),
        (message(*[notice()] * 30, kind="digest"), "and 10 more"),
    ]:
        mail = compose(one, Options(**PLAIN))
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            assert part is not None
            assert expected in part.get_content()


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({}, []),
        ({"sender": None}, ["sender"]),
        ({"recipients": ()}, ["recipients"]),
        ({"recipients": ("ann",)}, ["recipients[0]"]),
        ({"recipients": ("ann@example.org", "a@b,c@d")}, ["recipients[1]"]),
        ({"sender": "x@y\r\nBcc: eve@example.org"}, ["sender"]),
        ({"password": SecretRef("x")}, ["username"]),
        ({"host": None, "sender": None, "recipients": ()}, []),
    ],
)
def test_what_is_missing_or_wrong_is_a_fault_of_the_settings(options: dict[str, Any], paths: list[str]) -> None:
    assert [fault.path for fault in check(Options(**{**PLAIN, **options}))] == paths


def test_without_a_server_there_is_no_channel() -> None:
    outfit = Outfit(SECRETS, "box")
    assert build(Options(), outfit) is None
    assert build(Options(**PLAIN), outfit) is not None


@contextmanager
def talking(talk: Any) -> Iterator[int]:
    """Run a server that says something to whoever connects, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    talk(connection)
            except OSError:
                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
