"""A dashboard of the test's own: says who asked for what, and hands scripts to the page that is open."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any

from agent import until

_HTML = b"<!doctype html><title>Dashboard</title>"
_HTML += b'<a href="http://other.example:8080/blank" target="_blank"><h1>Dashboard<br>and more</h1></a>'
_HTML += b'<script src="/script.js"></script>'
_SCRIPT = b"""
const tell = (what) => fetch('/told', {method: 'POST', body: JSON.stringify(what)});
const show = () => tell({shown: location.pathname + location.hash, storage: Boolean(window.localStorage),
  language: navigator.language});
const acts = {
  leave: (url) => { location.href = url; },
  bridge: () => tell({bridge: Object.keys((window.pywebview || {}).api || {})}),
};
const listen = () => fetch('/act').then((answer) => answer.json()).then((act) => {
  if (act) acts[act[0]](act[1]);
  setTimeout(listen, 50);
});
addEventListener('hashchange', show);
show(); listen();
"""


class Page:
    """What the pages have told, and what they are to do next."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.told: list[dict[str, Any]] = []
        self._acts: SimpleQueue[tuple[str, str]] = SimpleQueue()

    def act(self, name: str, argument: str = "") -> None:
        self._acts.put((name, argument))

    def next_act(self) -> tuple[str, str] | None:
        try:
            return self._acts.get_nowait()
        except Empty:
            return None

    def shown(self) -> list[str]:
        return [one["shown"] for one in self.told if "shown" in one]

    def wait(self, count: int, seconds: float = 15.0) -> str:
        until(lambda: len(self.shown()) >= count, seconds, f"page {count}")
        return self.shown()[-1]


@contextmanager
def served() -> Iterator[Page]:
    """Serve the page with the policy that the dashboard has."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind = "text/html"
            body = _HTML
            if self.path == "/script.js":
                kind, body = "text/javascript", _SCRIPT
            elif self.path == "/act":
                kind, body = "application/json", json.dumps(page.next_act()).encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            page.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page = Page(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield page
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
