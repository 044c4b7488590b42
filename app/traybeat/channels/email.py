"""E-mail by SMTP. The library and TLS are loaded at the first message."""

import contextlib
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from traybeat.channels import wording
from traybeat.channels.deadline import deadline
from traybeat.channels.registry import Outfit, Registration
from traybeat.channels.secrecy import hide
from traybeat.model.errors import Fault
from traybeat.model.message import Message, Notice, Rejected, Unreachable
from traybeat.model.service import Secrets
from traybeat.model.settings import ChannelOptions, Range, SecretRef
from traybeat.model.text import unmarked

if TYPE_CHECKING:
    import smtplib
    import ssl
    from email.message import EmailMessage

STEP_SECONDS = 15.0
TOTAL_SECONDS = 30.0
_PERMANENT = 500

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    """E-mail's section of the settings."""

    host: Annotated[str | None, "Name of the mail server; none switches the channel off"] = None
    port: Annotated[int, "Its TCP port", Range(1, 65_535)] = 587
    security: Annotated[Security, "How the connection is protected; starttls and tls refuse to go on without"] = (
        "starttls"
    )
    username: Annotated[str | None, "User name, where the server asks for one"] = None
    password: Annotated[SecretRef | None, "Password, as {secret: NAME}"] = None
    sender: Annotated[str | None, "Address that the messages come from"] = None
    recipients: Annotated[tuple[str, ...], "Addresses that they go to"] = ()


class Email:
    """Sends mail; `context` is the TLS context, the system's where it is None."""

    name = "email"
    remote = True

    def __init__(
        self,
        options: Options,
        secrets: Secrets,
        host: str,
        context: "ssl.SSLContext | None" = None,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._options = options
        self._secrets = secrets
        self._host = host
        self._context = context
        self._seconds = seconds

    def send(self, message: Message) -> str:
        """Hand a message over."""
        import smtplib

        # The password is looked up first: a secret that is missing is told as such.
        ref = self._options.password
        password = None if ref is None else self._secrets.get(ref.secret).reveal()
        server: list[smtplib.SMTP] = []
        with deadline(self._seconds, lambda: _socket(server)) as expiry:
            try:
                return self._deliver(compose(message, self._options), password, server)
            except (OSError, ValueError) as error:  # all of smtplib's errors are OSErrors, too
                if expiry.expired:
                    raise Unreachable(f"no answer within {self._seconds:g} s") from None
                if isinstance(error, smtplib.SMTPException):
                    raise _refusal(error, [password or ""]) from None
                raise Unreachable(_reason(error)) from None
            finally:
                for one in server:
                    one.close()

    def _deliver(self, mail: "EmailMessage", password: str | None, opened: "list[smtplib.SMTP]") -> str:
        server = self._connect(opened)
        server.ehlo()
        if self._options.security == "starttls":
            server.starttls(context=self._tls())
            server.ehlo()
        if self._options.username is not None:
            server.login(self._options.username, password or "")
        refused = server.send_message(mail)
        with contextlib.suppress(OSError, ValueError):
            server.quit()
        return f"accepted, but not for {len(refused)} of the recipients" if refused else "accepted"

    def _connect(self, opened: "list[smtplib.SMTP]") -> "smtplib.SMTP":
        import smtplib

        own = _own_name(self._host)
        if self._options.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=own, timeout=STEP_SECONDS, context=self._tls())
        else:
            server = smtplib.SMTP(local_hostname=own, timeout=STEP_SECONDS)
        opened.append(server)
        # Given to the constructor, a host is connected to before anybody can set an end to it.
        server._host = self._options.host or ""  # type: ignore[attr-defined]  # noqa: SLF001 (what TLS checks the name against)
        code, text = server.connect(self._options.host or "", self._options.port)
        if code != 220:  # noqa: PLR2004 (RFC 5321: service ready)
            raise smtplib.SMTPConnectError(code, text)
        return server

    def _tls(self) -> "ssl.SSLContext":
        import ssl

        return self._context or ssl.create_default_context()


def compose(message: Message, options: Options) -> "EmailMessage":
    """Write a message as mail: plain text, and the same as HTML."""
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formatdate

    mail = EmailMessage(policy=SMTP)
    sender = options.sender or ""
    mail["From"] = f"Traybeat <{sender}>"
    mail["To"] = ", ".join(options.recipients)
    mail["Subject"] = wording.headline(message)[:200]
    mail["Date"] = formatdate(message.created_at)
    # The same at every attempt, so that a mail client shows a repeated one once.
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(wording.plain(message))
    mail.add_alternative(html(message), subtype="html")
    return mail


def html(message: Message) -> str:
    """Write a message as a page that mail clients show alike: tables, and styles on each element."""
    notices = "".join(_card(one) for one in wording.told(message))
    left = wording.more(message)
    note = "If you can read this, alerts will reach you here." if message.kind == "test" else left
    footer = f"<p>{unmarked(note)}</p>" if note else ""
    return (
        '<!DOCTYPE html><html lang="en"><body style="margin:0;padding:16px;background:#f4f4f4;color:#1d1d1d;'
        'font:15px/1.45 system-ui,Segoe UI,Helvetica,Arial,sans-serif">'
        f'<h1 style="font-size:18px;margin:0 0 12px">{unmarked(wording.headline(message))}</h1>{notices}{footer}'
        "</body></html>\n"
    )


def _card(one: Notice) -> str:
    rows = "".join(
        f'<tr><td style="padding:1px 12px 1px 0;color:#666">{unmarked(name)}</td><td>{unmarked(value)}</td></tr>'
        for name, value in wording.details(one)
    )
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 12px;'
        f'background:#ffffff;border-left:6px solid {wording.color(one)}"><tr><td style="padding:10px 14px">'
        f'<p style="margin:0 0 6px"><strong style="color:{wording.color(one)}">{unmarked(wording.tag(one))}</strong> '
        f"{unmarked(wording.sentence(one))}</p>"
        f'<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:13px">{rows}</table>'
        f"{_processes(one)}</td></tr></table>"
    )


def _processes(one: Notice) -> str:
    if not one.processes:
        return ""
    items = "".join(f"<li>{unmarked(wording.process(each))}</li>" for each in one.processes)
    return f'<p style="margin:8px 0 2px;color:#666">Busiest processes then</p><ul style="margin:0">{items}</ul>'


def _socket(opened: "Iterable[smtplib.SMTP]") -> socket.socket | None:
    sock: Any = next((one.sock for one in opened), None)
    return sock if isinstance(sock, socket.socket) else None


def _own_name(host: str) -> str:
    """Give a name to greet with; asking the resolver for the full one may take long."""
    return host if host and all(part.isascii() and (part.isalnum() or part in "-.") for part in host) else "localhost"


def _refusal(error: "smtplib.SMTPException", secrets: Iterable[str]) -> Rejected | Unreachable:
    """Tell a refusal for good (5xx) from one for now (4xx) and from trouble on the way."""
    import smtplib

    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
        code, text = max(answers) if min(code for code, _ in answers) >= _PERMANENT else min(answers)
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        return Unreachable("the server does not offer what the settings ask for (STARTTLS, or to log in)")
    else:
        return Unreachable(f"the connection failed ({type(error).__name__})")
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    told = f"SMTP {code}: {hide(said, secrets)}"
    return Rejected(told) if code >= _PERMANENT else Unreachable(told)


def _reason(error: Exception) -> str:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    table: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLError, "TLS failed"),
        (socket.gaierror, "its name can't be looked up"),
        (TimeoutError, "no answer in time"),
        (ConnectionRefusedError, "the connection was refused"),
    )
    return next((text for kind, text in table if isinstance(error, kind)), f"failed ({type(error).__name__})")


def check(options: Options) -> Iterator[Fault]:
    """Tell what an enabled channel lacks, and which addresses are none."""
    if options.host is None:
        return
    if options.sender is None:
        yield Fault("sender", "nothing", "the address that messages come from")
    if not options.recipients:
        yield Fault("recipients", "none", "at least one address")
    if options.password is not None and options.username is None:
        yield Fault("username", "nothing", "the user whose password is set")
    named = [("sender", options.sender)] if options.sender is not None else []
    named += [(f"recipients[{number}]", one) for number, one in enumerate(options.recipients)]
    for path, address in named:
        if not _usable(address or ""):
            yield Fault(path, f'"{address}"', "an address such as ann@example.org")


def _usable(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not set(address) & set(' ,;:<>()[]\\"')
    return bool(local and at and domain and plain)


def build(options: Options, outfit: Outfit) -> Email | None:
    """Set the channel up where there is a server and somebody to write to."""
    if not options.host or not options.recipients or not options.sender:
        return None
    return Email(options, outfit.secrets, outfit.host)


REGISTRATION = Registration("email", Options, build, check)
