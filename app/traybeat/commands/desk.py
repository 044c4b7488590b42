"""What the doctor looks at on a desktop: the tray, the keyring, the web view, start at login."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping

from traybeat.channels.desktop import session_bus
from traybeat.commands.finding import Finding
from traybeat.host import spawn
from traybeat.host.autostart import Autostart, AutostartError
from traybeat.host.session import graphical
from traybeat.host.vault import Keyring, Report
from traybeat.tray.linux.hosted import hosted
from traybeat.tray.linux.xembed import owned
from traybeat.window import child

_PATIENCE_SECONDS = 20.0

Ask = Callable[[Mapping[str, str]], bytes]


def ask_window(environ: Mapping[str, str]) -> bytes:
    """Let the window's process say which web view it has; raises OSError."""
    return spawn.converse(
        spawn.helper_command(child.HELPER), b'{"do": "probe"}\n', _PATIENCE_SECONDS, tuple(child.surroundings(environ))
    )


def findings(
    keyring: Keyring,
    autostart: Autostart,
    environ: Mapping[str, str],
    ask: Ask = ask_window,
    hosted: Callable[[str], bool] = hosted,
    owned: Callable[[str], bool] = owned,
) -> Iterator[Finding]:
    """Look at everything, one by one."""
    yield tray(environ, hosted, owned)
    yield secrets(keyring.probe(), there=keyring.there)
    yield web_view(environ, ask)
    yield login(autostart)


def tray(
    environ: Mapping[str, str],
    hosted: Callable[[str], bool],
    owned: Callable[[str], bool],
    platform: str = sys.platform,
) -> Finding:
    """Say whether the icon is shown, and by what."""
    if not graphical(environ, platform):
        return Finding("none", "tray", "there is no display here")
    if platform != "linux":
        return Finding("ok", "tray", "the system's own")
    address, trouble = session_bus(environ), None
    try:
        if address is not None and hosted(address):
            return Finding("ok", "tray", "a StatusNotifier host shows the icon")
    except OSError as error:
        trouble = f"the session's bus does not answer ({type(error).__name__})"
    if (display := environ.get("DISPLAY")) and owned(display):
        return Finding("ok", "tray", "an XEmbed tray shows the icon")
    return _no_tray(trouble, bus=address is not None)


def _no_tray(trouble: str | None, *, bus: bool) -> Finding:
    if trouble:
        return Finding("bad", "tray", trouble, "log in again")
    if not bus:
        return Finding(
            "bad", "tray", "there is no session bus", "log in to the desktop, or start it by dbus-run-session"
        )
    fix = "on GNOME install the extension AppIndicator; `traybeat window` opens the dashboard meanwhile"
    return Finding("bad", "tray", "nothing on this desktop shows tray icons", fix)


def secrets(report: Report, *, there: bool) -> Finding:
    """Say how the round trip went."""
    if report.problem is None:
        return Finding("ok", "keyring", f"{report.backend}: a secret was put, had again and deleted")
    fix = "set TRAYBEAT_SECRET_NAME, or TRAYBEAT_SECRET_NAME_FILE, for each secret that the settings name"
    if not there:
        return Finding("none", "keyring", report.problem, fix)
    return Finding("bad", "keyring", report.problem, f"log in to the desktop, or {fix}")


def web_view(environ: Mapping[str, str], ask: Ask) -> Finding:
    """Say what would show the window."""
    if not graphical(environ):
        return Finding("none", "web view", "there is no display here")
    try:
        told = json.loads(ask(environ))
    except (OSError, ValueError) as error:
        return Finding("bad", "web view", f"it does not start ({type(error).__name__})", "the browser is used instead")
    if told.get("event") == "engine":
        return Finding("ok", "web view", str(told.get("name")))
    detail = f"{told.get('detail')}; the browser is used instead"
    return Finding("bad", "web view", detail, told.get("hint") or None)


def login(autostart: Autostart) -> Finding:
    """Say whether it starts at login."""
    try:
        entry = autostart.entry()
    except AutostartError as error:
        return Finding("bad", "start at login", str(error), "make the file readable for this user")
    if entry.problem:
        return Finding("bad", "start at login", entry.problem, "traybeat autostart on")
    return Finding("ok", "start at login", entry.place) if entry.on else Finding("none", "start at login", "off")
