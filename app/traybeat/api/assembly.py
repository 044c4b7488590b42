"""The whole application, put together when somebody first asks: with it come Starlette and all the types."""

from functools import partial

from traybeat.alerts.desk import RulesDesk
from traybeat.alerts.history import AlertHistory
from traybeat.api.answering import Answering
from traybeat.api.application import application
from traybeat.api.broadcast import encode_alerts, encode_appearance, encode_readings
from traybeat.api.live import Live
from traybeat.api.pages import routes as files
from traybeat.api.route import Route
from traybeat.api.routes import access, docs, processes, status, welcome
from traybeat.api.routes.alerts import AlertRoutes
from traybeat.api.routes.backtest import Backtests
from traybeat.api.routes.metrics import History
from traybeat.api.routes.rules import RuleRoutes
from traybeat.api.routes.settings import SettingsRoutes
from traybeat.engine.recollection import Recollection
from traybeat.engine.refusal import App
from traybeat.model.readings.process import Process


def assemble(parts: Answering) -> App:
    """Give the application; from now on the feed has something to tell."""
    alerts = _alerts(parts)
    newest, clock = parts.latest.snapshot, parts.clock
    parts.feed.encoders = {
        "readings": lambda: encode_readings(newest(), parts.families, clock),
        "alerts": lambda: encode_alerts(alerts.active),
        "appearance": lambda: encode_appearance(parts.live.current.appearance),
    }
    live = Live(parts.feed, parts.doors)
    return application(all_routes(parts, alerts), live.answer, files())


def all_routes(parts: Answering, alerts: AlertRoutes) -> tuple[Route, ...]:
    """Give every route there is."""
    newest, clock, alarm = parts.latest.snapshot, parts.clock, parts.alarm
    desk = RulesDesk(parts.paths.rules, parts.known)
    routes: tuple[Route, ...] = (
        *status.routes(parts.status, parts.parts, parts.parts),
        *History(parts.families, newest, partial(_interval, parts), parts.reader, parts.cache, clock).routes(),
        *processes.routes(newest, parts.reader),
        *_backtests(parts, desk).routes(),
        *RuleRoutes(desk, alarm.rulebook, alarm.alerting.follow).routes(),
        *alerts.routes(),
        *SettingsRoutes(parts.live, parts.schema, parts.vault, alarm.notifier.test).routes(),
        *access.routes(
            *(parts.doors.keyring, parts.doors.sessions),
            lambda: parts.live.current.appearance,
            lambda: parts.welcome().shown,
        ),
        *welcome.routes(parts.welcome),
    )
    routes += docs.routes(lambda: routes)
    return routes


def _backtests(parts: Answering, desk: RulesDesk) -> Backtests:
    reader, past = parts.reader, Recollection(parts.reader)
    units = {metric.name: metric.unit for family in parts.families.values() for metric in family}

    def running(moment: float) -> tuple[Process, ...]:
        found = reader.processes(moment)
        return () if found is None else tuple(found.processes)

    return Backtests(desk, past, running, reader.since, units, parts.clock)


def _interval(parts: Answering, source: str) -> float | None:
    options = parts.live.current.collectors.get(source)
    return options.interval_seconds if options is not None and options.enabled else None


def _alerts(parts: Answering) -> AlertRoutes:
    alarm = parts.alarm

    def changed() -> None:
        alarm.notifier.wake()
        parts.feed.changed("alerts")

    return AlertRoutes(AlertHistory(alarm.journal), alarm.snoozes, alarm.silence, changed, parts.clock)
