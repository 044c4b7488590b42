"""`traybeat status`: the running instance on one screen."""

import json
import time
from collections.abc import Iterator

import msgspec

from traybeat.commands.units import UNKNOWN, flow, part, percent, short, size, span
from traybeat.engine.status import Readings, Status
from traybeat.host import control
from traybeat.host.paths import Paths

_MOST_ROWS = 6


def status(paths: Paths, *, as_json: bool) -> int:
    """Ask the running instance and print what it says; raises NotRunningError."""
    answer = control.ask(control.address(paths), "status")
    if as_json:
        print(json.dumps(answer, indent=2))  # ASCII: whatever the terminal's encoding, it is JSON
        return 0
    for line in screen(msgspec.convert(answer, Status)):
        print(line)
    return 0


def screen(now: Status) -> Iterator[str]:
    """Write the state in lines for people."""
    up = f" · up {span(now.time - now.boot_time)}" if now.boot_time else ""
    yield f"{now.host} · {now.system}{up}"
    yield ""
    yield from _alerts(now)
    for name, value, more in _rows(now.readings):
        yield f"{name:12}{value:>9}   {more}".rstrip()
    yield ""
    yield from _top(now.readings)
    yield from _agent(now)


def _alerts(now: Status) -> Iterator[str]:
    for one in now.alerts.active:
        since = "" if one.state == "firing" else f" ({one.state})"
        yield f"{one.severity.upper():9} {one.text}{since} · for {span(now.time - one.since)}"
    if now.alerts.active:
        yield ""


def _rows(readings: Readings) -> Iterator[tuple[str, str, str]]:
    load = f"load {' '.join(f'{one:.2f}' for one in readings.load)}" if readings.load else ""
    clock = f"{readings.frequency_hertz / 1e9:.1f} GHz" if readings.frequency_hertz else ""
    cores = f"{readings.cores} cores" if readings.cores != 1 else "1 core"
    yield "CPU", percent(readings.cpu_busy_ratio), _join(cores if readings.cores else "", load, clock)
    swap = f"swap {percent(readings.swap_used_ratio)}" if readings.swap_total_bytes else ""
    memory = part(readings.memory_used_bytes, readings.memory_total_bytes)
    yield "Memory", percent(readings.memory_used_ratio), _join(memory, swap)
    for one in readings.filesystems:
        if one.stale:
            yield f"Disk {one.mountpoint}", UNKNOWN, "does not answer"
        else:
            yield f"Disk {one.mountpoint}", percent(one.used_ratio), part(one.used, one.size)
    read, written = readings.disk_read_bytes_per_second, readings.disk_written_bytes_per_second
    if read is not None or written is not None:
        yield "Disks", flow((read or 0) + (written or 0)), f"read {flow(read)} · write {flow(written)}"
    down, up = readings.network_receive_bytes_per_second, readings.network_transmit_bytes_per_second
    connections = readings.connections_established
    open_ = "" if connections is None else f"{connections:.0f} connections"
    yield (
        "Network",
        flow(None if down is None else down + (up or 0)),
        _join(f"in {flow(down)}", f"out {flow(up)}", open_),
    )
    for sensor in readings.temperatures[:_MOST_ROWS]:
        yield "Temperature", f"{sensor.value:.0f} °C", sensor.name
    for fan in readings.fans[:_MOST_ROWS]:
        yield "Fan", f"{fan.value:.0f} rpm", fan.name
    if readings.battery_charge_ratio is not None:
        left = span(readings.battery_remaining_seconds) + " left" if readings.battery_remaining_seconds else ""
        mode = "discharging" if readings.battery_discharging else "on mains"
        yield "Battery", percent(readings.battery_charge_ratio), _join(mode, left)


def _join(*parts: str) -> str:
    return " · ".join(one for one in parts if one)


def _top(readings: Readings) -> Iterator[str]:
    if not readings.top:
        return
    total = f" of {readings.process_count:.0f} processes" if readings.process_count else ""
    yield f"Using most now{total}"
    by_cpu = sorted(readings.top, key=lambda one: (-one.cpu_ratio, -one.memory_bytes))
    for one in by_cpu[:_MOST_ROWS]:
        cpu, memory = percent(one.cpu_ratio), size(one.memory_bytes)
        yield f"  {one.name[:28]:28} {one.pid:>8}  {one.user[:12]:12} {cpu:>7} {memory:>10}"
    yield ""


def _agent(now: Status) -> Iterator[str]:
    cost = now.cost
    stretched = f" · intervals stretched x{cost.stretch}" if cost.stretch > 1 else ""
    memory = UNKNOWN if cost.memory_bytes is None else f"{short(cost.memory_bytes / 1e6)} MB"
    cpu = UNKNOWN if cost.cpu_ratio is None else f"{cost.cpu_ratio * 100:.1f} %"
    running = span(now.time - now.started)
    yield f"Traybeat {now.version} · {cpu} of a core, {memory}{stretched} · running {running}, process {now.pid}"
    for listener in now.listeners:
        asked = f" · last scraped {span(now.time - listener.last_request)} ago" if listener.last_request else ""
        yield f"  {listener.name:11} {listener.state:10} {listener.url or ''}{asked}".rstrip()
        if listener.problem:
            yield f"  {'':11} {listener.problem}"
    yield f"  {'settings':11} {'in force':10} {now.settings.path}, loaded {_clock(now.settings.loaded_at)}"
    if now.settings.overridden:
        yield f"  {'':11} from the environment: {', '.join(now.settings.overridden)}"
    if now.settings.faults:
        yield f"  {'':11} the file as it is now is refused, the settings loaded before stay in force:"
        yield from (f"  {'':13}{fault}" for fault in now.settings.faults)
    if now.settings.notice:
        yield f"  {'':11} {now.settings.notice}"
    yield from _history(now)
    yield from _newer(now)
    yield from _told(now)
    yield from _collectors(now)
    yield from (f"  {'notice':11} {notice}" for notice in now.notices)


def _history(now: Status) -> Iterator[str]:
    history = now.history
    if history.trouble is None:
        condition = "on disk" if history.on_disk else "starting"
        yield f"  {'history':11} {condition:10} {history.path}, {size(history.disk_bytes)}, {history.series} series"
    else:
        yield f"  {'history':11} {'in memory':10} {history.path}: {history.trouble}"


def _newer(now: Status) -> Iterator[str]:
    if now.update.version:
        yield f"  {'update':11} {now.update.version:10} {now.update.page}"
    if now.update.problem:
        yield f"  {'update':11} {'unknown':10} {now.update.problem}"


def _told(now: Status) -> Iterator[str]:
    alerts = now.alerts
    yield f"  {'rules':11} {'in force':10} {alerts.path}, {alerts.rules} rules"
    if alerts.faults:
        yield f"  {'':11} the file as it is now is refused, the rules loaded before stay in force:"
        yield from (f"  {'':13}{fault}" for fault in alerts.faults)
    for channel in alerts.channels:
        counts = (("sent", channel.sent), ("on the way", channel.sending), ("given up", channel.dead))
        told = " · ".join(f"{count} {what}" for what, count in counts if count) or "nothing to tell so far"
        yield f"  {'channel':11} {channel.name:10} {told}"
        if channel.trouble:
            yield f"  {'':11} {channel.trouble}"
    yield from (f"  {'notice':11} {notice}" for notice in alerts.notices)


def _collectors(now: Status) -> Iterator[str]:
    states: dict[str, list[str]] = {}
    for one in now.collectors:
        states.setdefault(one.state, []).append(one.name)
    told = [f"{state}: {', '.join(names)}" for state, names in states.items()]
    yield f"  {'collectors':11} {' · '.join(told)}"
    for one in now.collectors:
        if one.last_error:
            since = f", last success {_clock(one.last_success)}" if one.last_success else ""
            yield f"  {'':11} {one.name}: {one.last_error} ({one.errors} failed{since})"


def _clock(unix: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(unix))
