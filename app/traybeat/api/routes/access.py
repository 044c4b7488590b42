"""/api/keys, /api/session: who may come in."""

from collections.abc import Callable

from traybeat.api.route import Call, ProblemError, Route
from traybeat.api.types import access as types
from traybeat.engine.keys import KeyExistsError, Keyring, NoSuchKeyError, WrongKeyError
from traybeat.engine.principal import Scope
from traybeat.engine.sessions import Sessions
from traybeat.model.settings import Appearance

GROUP = "access"


def routes(
    keyring: Keyring, sessions: Sessions, appearance: Callable[[], Appearance], welcomed: Callable[[], bool]
) -> tuple[Route, ...]:
    """Give the routes; `welcomed` says whether the first run's welcome has been shown."""
    return (
        Route("GET", "/api/keys", "listKeys", "The keys there are; the keys themselves are kept nowhere",
              _listing(keyring), types.Keys, group=GROUP),
        Route("POST", "/api/keys", "createKey", "Make a key, shown this once", _creating(keyring), types.NewKey,
              body=types.KeyRequest, status=201, problems=(400, 409, 422), group=GROUP),
        Route("DELETE", "/api/keys/{name}", "revokeKey", "Make a key worthless at once", _revoking(keyring),
              status=204, problems=(404,), group=GROUP),
        Route("POST", "/api/session", "openSession", "Exchange the window's code, which works once",
              _opening(sessions, appearance, welcomed), types.Session, body=types.SessionRequest, status=201,
              problems=(400, 403, 422), group=GROUP, open=True),
        Route("GET", "/api/session", "getSession", "What the key or the session may do", _telling, types.Visitor,
              group=GROUP),
        Route("DELETE", "/api/session", "endSession", "End the window's session", _ending(sessions), status=204,
              group=GROUP),
    )  # fmt: skip


def _listing(keyring: Keyring) -> Callable[[Call], types.Keys]:
    def listing(call: Call) -> types.Keys:  # noqa: ARG001 (handlers are called alike)
        found = keyring.all()
        return types.Keys(
            tuple(types.KeyInfo(one.name, _named(one.scope), one.created_at, one.used_at) for one in found)
        )

    return listing


def _creating(keyring: Keyring) -> Callable[[Call], types.NewKey]:
    def creating(call: Call) -> types.NewKey:
        asked: types.KeyRequest = call.body
        try:
            key = keyring.create(asked.name, Scope[asked.scope.upper()])
        except KeyExistsError as error:
            raise ProblemError(409, str(error)) from None
        except WrongKeyError as error:
            raise ProblemError(422, str(error), (("name", str(error)),)) from None
        return types.NewKey(asked.name, asked.scope, key)

    return creating


def _revoking(keyring: Keyring) -> Callable[[Call], None]:
    def revoking(call: Call) -> None:
        try:
            keyring.revoke(call.path["name"])
        except NoSuchKeyError as error:
            raise ProblemError(404, str(error)) from None

    return revoking


def _telling(call: Call) -> types.Visitor:
    return types.Visitor(_named(Scope.VIEWER if call.principal is None else call.principal.scope))


def _opening(
    sessions: Sessions, appearance: Callable[[], Appearance], welcomed: Callable[[], bool]
) -> Callable[[Call], types.Session]:
    def opening(call: Call) -> types.Session:
        token = sessions.exchange(call.body.code)
        if token is None:
            raise ProblemError(403, "This code does not work (any more): each works once, within half a minute.")
        look = appearance()
        return types.Session(token, "admin", look.language, look.theme, welcomed())

    return opening


def _ending(sessions: Sessions) -> Callable[[Call], None]:
    def ending(call: Call) -> None:
        if call.principal is not None and call.principal.kind == "window":
            sessions.end(call.principal.name)

    return ending


def _named(scope: Scope) -> types.ScopeName:
    return "admin" if scope is Scope.ADMIN else "viewer"
