"""The dashboard's files, from the package; without a build, a page that says so."""

import asyncio
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route


class _Page(Convertor[str]):
    """The path of a page that the dashboard has: words, numbers and ids; never one of the API's."""

    regex = r"(?!api(?:/|$))[A-Za-z0-9_-]{1,64}(?:/[A-Za-z0-9._:-]{1,128}){0,3}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


ROOT = Path(__file__).parent / "pages"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_MISSING = (
    "<!doctype html><title>Traybeat</title><p>This Traybeat was built without its dashboard. The API is here:"
    ' <a href="/api/docs">/api/docs</a>.'
)


def routes(root: Path = ROOT) -> tuple[BaseRoute, ...]:
    """Give a route for each file that is there, and the page for everything that is none."""
    register_url_convertor("page", _Page())
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    found = tuple(_file(f"/{name}", path) for name, path in sorted(files.items()) if path.suffix in _TYPES)
    if "index.html" in files:
        # Which page it is, the page itself finds out.
        return (*found, _file("/", files["index.html"]), _file("/{page:page}", files["index.html"]))
    return (Route("/", lambda _: Response(_MISSING, media_type="text/html")),)


def _file(url: str, path: Path) -> Route:
    fixed = url.startswith("/assets/")  # named by their content
    headers = {"cache-control": "public, max-age=31536000, immutable" if fixed else "no-cache"}

    async def give(request: Request) -> Response:  # noqa: ARG001 (what Starlette calls)
        content = await asyncio.to_thread(path.read_bytes)
        return Response(content, media_type=_TYPES[path.suffix], headers=headers)

    return Route(url, give)
