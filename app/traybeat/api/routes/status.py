"""/api/status: everything as it is now. /healthz and /readyz: whether there is anything at all."""

from collections.abc import Callable, Mapping

from traybeat.api.route import Call, Reply, Route
from traybeat.api.types.health import Health
from traybeat.engine.status import Status

GROUP = "status"


def routes(
    status: Callable[[], Status], parts: Callable[[], Mapping[str, str]], ready: Callable[[], Mapping[str, str]]
) -> tuple[Route, ...]:
    """Give the routes; `ready` says how each part is that must work before anybody is sent here."""

    def readiness(call: Call) -> Reply:  # noqa: ARG001 (handlers are called alike)
        found = ready()
        well = all(state == "ok" for state in found.values())
        return Reply(Health("ok" if well else "not ready", found), 200 if well else 503)

    return (
        Route("GET", "/healthz", "getHealth", "Alive", lambda _: Health("ok", parts()), Health, group=GROUP, open=True),
        Route("GET", "/readyz", "getReadiness", "Ready to be asked", readiness, Health, also=(503,), group=GROUP,
              open=True),
        Route("GET", "/api/status", "getStatus", "Everything as it is now", lambda _: status(), Status, group=GROUP),
    )  # fmt: skip
