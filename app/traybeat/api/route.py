"""Routes as data: what is asked, what is answered, and who answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traybeat.engine.principal import Principal

PROBLEMS: Mapping[int, str] = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


class ProblemError(Exception):
    """An answer that says what is wrong; `errors` tell it of each field, by its path."""

    def __init__(self, status: int, detail: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: `query` and `body` are of the route's types."""

    principal: Principal | None
    path: Mapping[str, str]
    query: Any = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `content` is bytes that are encoded already, or a value of the route's answer type."""

    content: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


Handler = Callable[[Call], Any]
"""Gives a Reply, or what it would hold. Runs on a thread of its own; raises ProblemError, and TraybeatError for 422."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path.

    `answer` is the type of what is answered, None for no content. `query` is a Struct of optional texts and numbers.
    `raw_body` hands the body on as plain JSON, checked by the handler, though it is described by `body`. `status` is
    the answer's; `also` names further ones that come with a body of the same type, or none where it is 304; `problems`
    those of the refusals beside 401, 403, 421 and 429, which any route may give.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    answer: Any = None
    query: type | None = None
    body: Any = None
    raw_body: bool = False
    status: int = 200
    also: tuple[int, ...] = ()
    problems: tuple[int, ...] = ()
    group: str = ""
    open: bool = False
    media_type: str = "application/json"
