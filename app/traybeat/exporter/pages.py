"""What the exporter's listener answers: /metrics, /healthz and a page that says where one is."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import traybeat
from traybeat.engine.refusal import Message, Refusal, refuse
from traybeat.exporter.exposition import Exposition, compress, gzip_accepted, negotiate

_LANDING = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Traybeat</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem }}
h1 {{ font-size: 1.25rem; margin: 0 }}
p {{ margin: .25rem 0 }}
small {{ opacity: .7 }}
ul {{ list-style: none; padding: 0; margin: 1.5rem 0 }}
li {{ padding: .6rem 0; border-top: 1px solid #8884; display: flex; gap: 1rem }}
a {{ flex: 0 0 6rem; color: #3b6cf6 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0f1216; color: #e9edf2 }} a {{ color: #6f96ff }} }}
</style>
</head>
<body>
<h1>Traybeat</h1>
<p>A heartbeat of this machine, for Prometheus.</p>
<ul>
<li><a href="/metrics">/metrics</a> the newest readings, in Prometheus' text format or OpenMetrics</li>
<li><a href="/healthz">/healthz</a> whether Traybeat is alive</li>
</ul>
<small>Traybeat {traybeat.__version__}</small>
</body>
</html>
"""
_HTML, _JSON = b"text/html; charset=utf-8", b"application/json"
_FRESH = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its body, its content type and what else its header says."""

    body: bytes
    content_type: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Pages:
    """The exporter's application: three pages, and problem documents for everything else.

    `parts` says for each part that may be in trouble how it is, in a word or two: /healthz needs no credentials.

    Plain ASGI: three answers from memory need no framework, and its two megabytes are a twentieth of what we may use.
    """

    def __init__(self, exposition: Exposition, parts: Callable[[], Mapping[str, str]]) -> None:
        self._exposition = exposition
        self._parts = parts
        self._routes: dict[str, Callable[[dict[bytes, str]], Page]] = {
            "/metrics": self._metrics,
            "/healthz": lambda _: Page(self._health(), _JSON, (_FRESH,)),
            "/": lambda _: Page(_LANDING.encode(), _HTML),
        }

    async def __call__(
        self,
        scope: Message,
        receive: Any,  # noqa: ARG002 (no page reads a body)
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        route = self._routes.get(scope["path"])
        if route is None:
            await refuse(Refusal(404, "Not Found", "There is only /metrics, /healthz and / here."), send)
        elif scope["method"] not in ("GET", "HEAD"):
            await refuse(Refusal(405, "Method Not Allowed", "Use GET.", ((b"allow", b"GET, HEAD"),)), send)
        else:
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            await _give(route(headers), send, body=scope["method"] == "GET")

    def _health(self) -> bytes:
        return json.dumps({"status": "ok", "parts": self._parts()}).encode() + b"\n"

    def _metrics(self, headers: dict[bytes, str]) -> Page:
        form = negotiate(headers.get(b"accept", ""))
        body = self._exposition.body(form)
        told = (_FRESH, (b"vary", b"Accept, Accept-Encoding"))
        if gzip_accepted(headers.get(b"accept-encoding", "")):
            return Page(compress(body), form.value.encode(), (*told, (b"content-encoding", b"gzip")))
        return Page(body, form.value.encode(), told)


async def _give(page: Page, send: Callable[[Message], Awaitable[None]], *, body: bool) -> None:
    length = (b"content-length", str(len(page.body)).encode())
    headers = [(b"content-type", page.content_type), length, *page.headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page.body if body else b""})
