"""What the exporter's listener answers: /metrics, /healthz and a page that says where one is."""

from prometheus_client.exposition import gzip_accepted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

import traybeat
from traybeat.exporter.exposition import Exposition, compress, negotiate

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
_FRESH = {"cache-control": "no-store"}


def pages(exposition: Exposition) -> Starlette:
    """Build the application."""

    async def metrics(request: Request) -> Response:
        form = negotiate(request.headers.get("accept", ""))
        body = exposition.body(form)
        headers = {**_FRESH, "vary": "Accept, Accept-Encoding"}
        if gzip_accepted(request.headers.get("accept-encoding", "")):
            headers["content-encoding"] = "gzip"
            body = compress(body)
        return Response(body, headers=headers, media_type=form.value)

    async def healthz(request: Request) -> Response:  # noqa: ARG001 (Starlette hands it over)
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    async def landing(request: Request) -> Response:  # noqa: ARG001 (Starlette hands it over)
        return HTMLResponse(_LANDING)

    async def missing(request: Request, error: Exception) -> Response:  # noqa: ARG001 (Starlette hands them over)
        status = getattr(error, "status_code", 404)
        told = {404: "There is only /metrics, /healthz and / here.", 405: "Use GET."}
        detail = told.get(status, "This request can't be answered.")
        problem = {"type": "about:blank", "title": getattr(error, "detail", ""), "status": status, "detail": detail}
        return JSONResponse(
            problem, status, headers=getattr(error, "headers", None), media_type="application/problem+json"
        )

    routes = [Route("/metrics", metrics), Route("/healthz", healthz), Route("/", landing)]
    return Starlette(routes=routes, exception_handlers={404: missing, 405: missing})
