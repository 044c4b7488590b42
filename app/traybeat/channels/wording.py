"""Messages in words, for the channels that people read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from traybeat.model.alert import SEVERITIES, Severity
from traybeat.model.message import Message, Notice
from traybeat.model.quantity import quantity, span
from traybeat.model.readings.process import Process
from traybeat.model.text import clean

MOST_TOLD = 20

COLORS: dict[Severity, str] = {"info": "#2f6fb3", "warning": "#b36b00", "critical": "#b3261e"}
RESOLVED_COLOR = "#2e7d32"


def severity(notices: Sequence[Notice]) -> Severity:
    """Give the gravest severity among the alerts that fired; `info` where all have ended."""
    fired = [SEVERITIES.index(one.severity) for one in notices if one.event == "triggered"]
    return SEVERITIES[max(fired, default=0)]


def color(notice: Notice) -> str:
    """Give the colour that stands for an alert."""
    return RESOLVED_COLOR if notice.event == "resolved" else COLORS[notice.severity]


def tag(notice: Notice) -> str:
    """Say in one word how things stand."""
    return "resolved" if notice.event == "resolved" else notice.severity


def headline(message: Message) -> str:
    """Say in one line what a message is about."""
    host = clean(message.host)
    if message.kind == "test":
        return f"Test message from Traybeat on {host}"
    if len(message.notices) == 1:
        one = message.notices[0]
        return f"[{tag(one)}] {clean(one.name)} on {host}"
    kind = "Digest: " if message.kind == "digest" else ""
    return f"{kind}{len(message.notices)} alert messages from {host} ({summary(message)})"


def summary(message: Message) -> str:
    """Count a message's alerts: `2 critical, 1 warning, 3 resolved`."""
    tags = [tag(one) for one in message.notices]
    counts = ((tags.count(name), name) for name in (*reversed(SEVERITIES), "resolved"))
    return ", ".join(f"{count} {name}" for count, name in counts if count)


def told(message: Message) -> Sequence[Notice]:
    """Give the notices that a person is told of one by one."""
    return message.notices[:MOST_TOLD]


def sentence(notice: Notice) -> str:
    """Say in one line what happened."""
    text = clean(notice.text, 1000)
    return f"{text} (over)" if notice.event == "resolved" else text


def details(notice: Notice) -> Iterator[tuple[str, str]]:
    """Give what is known about an alert, as names and values."""
    for name, value in notice.labels.items():
        yield clean(name), clean(value)
    yield from _values(notice)
    yield "since", local(notice.triggered_at)
    if notice.resolved_at is not None:
        yield "ended", f"{local(notice.resolved_at)}, after {span(max(0.0, notice.resolved_at - notice.triggered_at))}"
    if notice.gone:
        yield "reason", "its source or its rule is gone"


def _values(notice: Notice) -> Iterator[tuple[str, str]]:
    if notice.value is not None:
        yield "value", quantity(notice.value, notice.unit)
    if notice.worst is not None and notice.event == "resolved":
        yield "worst", quantity(notice.worst, notice.unit)
    if notice.threshold is not None:
        yield "rule", f"{notice.operator} {quantity(notice.threshold, notice.unit)}"


def process(one: Process) -> str:
    """Describe one of the processes that were kept with an alert."""
    usage = f"{quantity(one.cpu_ratio, 'ratio')} CPU, {quantity(one.memory_bytes, 'bytes')}"
    return f"{clean(one.name)} ({one.pid}, {clean(one.user)}): {usage}"


def more(message: Message) -> str | None:
    """Say how many alerts a message leaves out."""
    left = len(message.notices) - MOST_TOLD
    return f"and {left} more; see the alert history" if left > 0 else None


def plain(message: Message) -> str:
    """Write a whole message as plain text."""
    return "\n".join(_lines(message)) + "\n"


def _lines(message: Message) -> Iterator[str]:
    yield headline(message)
    if message.kind == "test":
        yield "If you can read this, alerts will reach you here."
    for one in told(message):
        yield ""
        yield f"[{tag(one)}] {sentence(one)}"
        yield from (f"    {name}: {value}" for name, value in details(one))
        if one.processes:
            yield "    busiest processes then:"
            yield from (f"      {process(each)}" for each in one.processes)
    if left := more(message):
        yield ""
        yield left


def local(time: float) -> str:
    """Write Unix seconds as this machine's local time."""
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
