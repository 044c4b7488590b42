"""The OpenAPI 3.1 document, generated from the routes and their types."""

import re
from collections.abc import Sequence
from typing import Any, get_origin, get_type_hints

import msgspec

import traybeat
from traybeat.api.route import PROBLEMS, Route
from traybeat.api.types.live import LiveAlerts, LiveAppearance, LiveReadings

LIVE = (LiveReadings, LiveAlerts, LiveAppearance)
"""What the live feed tells: no path answers with it, programs want its types all the same."""
_REFUSALS = {
    401: "Unauthorized",
    403: "Forbidden",
    408: "Request Timeout",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    429: "Too Many Requests",
}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    path: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Describe all routes."""
    types = [kind for route in routes for kind in (route.answer, route.body) if _described(kind)]
    described = [*types, Problem, *LIVE]
    schemas, components = msgspec.json.schema_components(described, ref_template="#/components/schemas/{name}")
    found = dict(zip([id(kind) for kind in types], schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Traybeat",
            "version": traybeat.__version__,
            "description": "What this machine's monitor knows and does.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in dict.fromkeys(route.group for route in routes)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
    }


def _described(kind: Any) -> bool:
    return kind is not None and kind is not bytes


def _operation(route: Route, schemas: dict[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.group],
        "responses": _responses(route, schemas),
    }
    parameters = [*_path_parameters(route), *_query_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content: dict[str, Any] = {"application/json": {"schema": schemas[id(route.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.open:
        operation["security"] = []
    return operation


def _responses(route: Route, schemas: dict[int, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in (route.status, *route.also):
        responses[str(status)] = {"description": route.summary if status != 304 else "Not changed"}  # noqa: PLR2004
        if route.answer is not None and status not in {204, 304}:
            schema = schemas[id(route.answer)] if _described(route.answer) else {"type": "string"}
            responses[str(status)]["content"] = {route.media_type: {"schema": schema}}
    refusals = {status: title for status, title in _REFUSALS.items() if _may_refuse(route, status)}
    refusals |= {status: PROBLEMS[status] for status in (*route.problems, 500)}
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, title in sorted(refusals.items()):
        responses[str(status)] = {"description": title, "content": {"application/problem+json": {"schema": schema}}}
    return responses


def _may_refuse(route: Route, status: int) -> bool:
    if status == 401:  # noqa: PLR2004 (the status itself)
        return not route.open
    if status in {408, 413, 415}:
        return route.method != "GET"
    return True


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = msgspec.json.schema_components([route.query], ref_template="#/components/schemas/{name}")[1]
    properties = schema[route.query.__name__]["properties"]
    hints = get_type_hints(route.query)
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": _plain(properties[name], several=get_origin(hints[name]) is tuple),
            **({"description": properties[name]["description"]} if "description" in properties[name] else {}),
        }
        for name in hints
    ]


def _plain(schema: dict[str, Any], *, several: bool) -> dict[str, Any]:
    """Describe a parameter without null: one that is left out is simply not there."""
    if several:
        return {"type": "array", "items": {"type": "string"}}
    kinds = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    found = kinds[0] if kinds else {key: value for key, value in schema.items() if key != "default"}
    return {key: value for key, value in found.items() if key != "description"}
