"""/api/openapi.json and /api/docs: the API, described."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from traybeat.api.openapi import document
from traybeat.api.route import Call, Reply, Route
from traybeat.model.text import unmarked

GROUP = "documentation"
_STYLE = """
:root { color-scheme: light dark; --line: #e6e8ec; --soft: #5d6673; --accent: #3b6cf6 }
@media (prefers-color-scheme: dark) { :root { --line: #252b34; --soft: #9aa5b4; --accent: #6f96ff } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin-top: 2rem; text-transform: capitalize }
details { border-top: 1px solid var(--line); padding: .5rem 0 } summary { cursor: pointer }
code, pre { font: 13px/1.4 ui-monospace, monospace }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line) }
.method { display: inline-block; min-width: 4.2rem; font-weight: 600; color: var(--accent) }
.soft { color: var(--soft) } td, th { text-align: left; padding: .15rem 1rem .15rem 0; vertical-align: top }
"""


def routes(others: Callable[[], Sequence[Route]]) -> tuple[Route, ...]:
    """Give the routes; `others` gives all routes there are, these included."""

    @cache
    def described() -> dict[str, Any]:
        return document(others())

    def give(call: Call) -> Reply:  # noqa: ARG001 (handlers are called alike)
        return Reply(json.dumps(described()).encode(), headers={"cache-control": "private, no-cache"})

    def show(call: Call) -> Reply:  # noqa: ARG001 (handlers are called alike)
        return Reply(page(described()).encode())

    def style(call: Call) -> Reply:  # noqa: ARG001 (handlers are called alike)
        return Reply(_STYLE.encode())

    return (
        Route("GET", "/api/openapi.json", "getOpenapi", "This API as an OpenAPI document", give, dict[str, Any],
              group=GROUP, open=True),
        Route("GET", "/api/docs", "getDocs", "This API as a page", show, bytes, group=GROUP, open=True,
              media_type="text/html; charset=utf-8"),
        Route("GET", "/api/docs.css", "getDocsStyle", "The page's style", style, bytes, group=GROUP, open=True,
              media_type="text/css; charset=utf-8"),
    )  # fmt: skip


def page(described: dict[str, Any]) -> str:
    """Write the page: every operation, by group, with what it takes and gives."""
    groups: dict[str, list[str]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    body = "".join(f"<h2>{unmarked(name)}</h2>{''.join(parts)}" for name, parts in groups.items())
    schemas = unmarked(json.dumps(described["components"]["schemas"], indent=1))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Traybeat: API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs.css"></head><body>'
        f"<h1>Traybeat {unmarked(described['info']['version'])}: API</h1>"
        '<p class="soft">Send <code>Authorization: Bearer KEY</code>; <code>traybeat key create NAME</code> makes one.'
        " <code>WS /api/live</code> tells what is newest; its first message is"
        ' <code>{"key": "KEY"}</code>.</p>'
        f"{body}<h2>Types</h2><details><summary>JSON Schema</summary><pre>{schemas}</pre></details></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        f'<tr><td><code>{unmarked(one["name"])}</code></td><td class="soft">in {unmarked(one["in"])}</td></tr>'
        for one in operation.get("parameters", ())
    ]
    answers = [
        f"<tr><td>{status}</td><td>{unmarked(_kind(answer) or answer['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    ]
    takes = operation.get("requestBody", {})
    body = f"<p>Takes <code>{unmarked(_kind(takes))}</code></p>" if takes else ""
    return (
        f'<details><summary><span class="method">{method.upper()}</span> <code>{unmarked(path)}</code> '
        f'<span class="soft">{unmarked(operation["summary"])}</span></summary>'
        f"<table>{''.join(rows)}</table>{body}<table>{''.join(answers)}</table></details>"
    )


def _kind(part: dict[str, Any]) -> str:
    for content in part.get("content", {}).values():
        schema = content["schema"]
        return str(schema.get("$ref", schema.get("type", "JSON"))).rpartition("/")[2]
    return ""
