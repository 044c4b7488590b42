"""/api/welcome, /api/login: the first run, and starting at login."""

from collections.abc import Callable

from traybeat.api.route import Call, Route
from traybeat.api.types.welcome import LoginRequest
from traybeat.engine.welcome import LoginState, Welcome, WelcomeState
from traybeat.model.errors import TraybeatError

GROUP = "welcome"


def routes(welcome: Callable[[], Welcome]) -> tuple[Route, ...]:
    """Give the routes."""
    return (
        Route("GET", "/api/welcome", "getWelcome", "What the first run's page shows", lambda _: welcome().state(),
              WelcomeState, group=GROUP),
        Route("POST", "/api/welcome/done", "endWelcome", "Never show it again", _finishing(welcome), status=204,
              problems=(422,), group=GROUP),
        Route("PUT", "/api/login", "setLogin", "Start at login, or not", _switching(welcome), LoginState,
              body=LoginRequest, problems=(400, 422), group=GROUP),
    )  # fmt: skip


def _finishing(welcome: Callable[[], Welcome]) -> Callable[[Call], None]:
    def finishing(call: Call) -> None:  # noqa: ARG001 (handlers are called alike)
        try:
            welcome().finish()
        except OSError as error:
            raise TraybeatError(f"this can't be noted: {error.strerror or error}") from None

    return finishing


def _switching(welcome: Callable[[], Welcome]) -> Callable[[Call], LoginState]:
    def switching(call: Call) -> LoginState:
        return welcome().start_at_login(on=call.body.on)

    return switching
