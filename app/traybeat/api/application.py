"""The routes as a Starlette application."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_origin, get_type_hints

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.routing import Route as StarletteRoute

from traybeat.api.route import PROBLEMS, Call, ProblemError, Reply, Route
from traybeat.engine.principal import PRINCIPAL
from traybeat.engine.refusal import Refusal
from traybeat.host.logs import fields
from traybeat.model.errors import Fault, TraybeatError, WrongSettingsError

log = logging.getLogger("traybeat.api")

THREADS = 2
"""Two cores' worth: answers wait for each other rather than collection for them."""


def application(routes: Sequence[Route], live: Any = None, others: Iterable[BaseRoute] = ()) -> Starlette:
    """Build the application; `live` answers the WebSocket, `others` come after the routes."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="api")
    made: list[BaseRoute] = [_made(path, group, pool) for path, group in _by_path(routes).items()]
    if live is not None:
        made.append(WebSocketRoute("/api/live", live))
    handlers: Any = {HTTPException: _http}
    return Starlette(routes=[*made, *others], exception_handlers=handlers)


def _by_path(routes: Sequence[Route]) -> Mapping[str, dict[str, Route]]:
    found: dict[str, dict[str, Route]] = {}
    for route in routes:
        found.setdefault(route.path, {})[route.method] = route
    return found


def _made(path: str, group: Mapping[str, Route], pool: ThreadPoolExecutor) -> BaseRoute:
    async def endpoint(request: Request) -> Response:
        route = group["GET" if request.method == "HEAD" else request.method]
        try:
            call = _call(route, request, await request.body() if route.body is not None else b"")
            answer = await asyncio.get_running_loop().run_in_executor(pool, _answer, route, call)
        except ProblemError as problem:
            return _problem(problem)
        except Exception as error:  # noqa: BLE001 (one request's mistake is answered, logged, and no more)
            return _failed(request, error)
        return answer

    return StarletteRoute(path, endpoint, methods=list(group))


def _call(route: Route, request: Request, content: bytes) -> Call:
    query = None if route.query is None else _query(route.query, request)
    return Call(
        principal=request.scope.get(PRINCIPAL),
        path=request.path_params,
        query=query,
        body=None if route.body is None else _body(route, content),
        headers=request.headers,
    )


def _query(kind: type, request: Request) -> Any:
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name not in hints:
            known = ", ".join(sorted(hints))
            raise ProblemError(
                422, "There is something unknown in the query.", ((name, f"unknown; known are {known}"),)
            )
        if get_origin(hints[name]) is tuple:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise ProblemError(422, "There is something twice in the query.", ((name, "given twice"),))
        else:
            given[name] = value
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError(422, "Something in the query can't be understood.", (_field(error),)) from None


def _body(route: Route, content: bytes) -> Any:
    try:
        return msgspec.json.decode(content, type=Any if route.raw_body else route.body)
    except msgspec.ValidationError as error:
        raise ProblemError(422, "Something in the body is not as it should be.", (_field(error),)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProblemError(400, "The body is not JSON.") from None


def _field(error: msgspec.ValidationError) -> tuple[str, str]:
    """Tell what is wrong and where, of a text such as: Expected `int`, got `str` - at `$.limit`."""
    told, _, where = str(error).partition(" - at `$")
    return where.rstrip("`").removeprefix(".") or "body", told.replace("`", "")


def _answer(route: Route, call: Call) -> Response:
    try:
        given = route.handler(call)
    except WrongSettingsError as wrong:
        told = tuple((fault.path, _told_of(fault)) for fault in wrong.faults)
        raise ProblemError(422, "Nothing was changed: something is not as it should be.", told) from None
    except TraybeatError as error:
        raise ProblemError(422, str(error)) from None
    reply = given if isinstance(given, Reply) else Reply(given, route.status)
    content = reply.content
    if route.answer is None or reply.status in {204, 304}:
        return Response(status_code=reply.status, headers=_told(reply))
    encoded = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return Response(encoded, reply.status, _told(reply), route.media_type)


def _told_of(fault: Fault) -> str:
    hint = f"; did you mean {fault.near}?" if fault.near else ""
    return f"found {fault.found}, expected {fault.expected}{hint}"


def _told(reply: Reply) -> dict[str, str]:
    return {"cache-control": "no-store", **reply.headers}


def _problem(problem: ProblemError) -> Response:
    errors = [{"path": path, "detail": detail} for path, detail in problem.errors]
    refusal = Refusal(problem.status, PROBLEMS.get(problem.status, "Error"), problem.detail, (), errors)
    headers = {"cache-control": "no-store"}
    return Response(refusal.body(), problem.status, headers, "application/problem+json")


async def _http(request: Request, error: HTTPException) -> Response:  # noqa: ARG001 (what Starlette calls)
    told = {
        404: "There is nothing here; /api/docs shows what there is.",
        405: "This path does not take this method.",
    }.get(error.status_code, error.detail)
    answer = _problem(ProblemError(error.status_code, told))
    answer.headers.update(error.headers or {})
    return answer


def _failed(request: Request, error: Exception) -> Response:
    log.error(
        "a request failed",
        exc_info=error,
        extra=fields(part="api", method=request.method, path=request.url.path, kind=type(error).__name__),
    )
    return _problem(ProblemError(500, "This went wrong here; the log tells more."))
