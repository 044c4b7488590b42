"""The window's process: one web view. Run as the helper `window`; it ends with its window, or with whoever started it.

It reads a JSON object a line: `do` is `open` (url, geometry), `show` (url or none; comes to the front), `close` or
`probe`. It writes one a line: `event` is `shown`, `loaded`, `beat`, `raised`, `geometry`, `unavailable` (detail, hint),
or `engine` (name).
A beat says that the window's main loop and its page still answer.
"""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import IO, Any

from traybeat.window import engine, frame
from traybeat.window.geometry import LEAST_HEIGHT, LEAST_WIDTH, Area, Geometry, understood

DONE, UNAVAILABLE, CRASHED = 0, 69, 70
BEAT_SECONDS = 3.0
_BACKGROUND = "#f6f7f9"


class Speaker:
    """Writes events, from any thread."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._guard = threading.Lock()

    def tell(self, event: str, **details: object) -> None:
        """Write one event; where nobody reads any more, end."""
        try:
            with self._guard:
                self._file.write(json.dumps({"event": event, **details}).encode() + b"\n")
                self._file.flush()
        except OSError:
            os._exit(DONE)


class View:
    """The web view in its window, and the threads that listen for orders and prove that it lives."""

    def __init__(self, webview: Any, orders: IO[bytes], speaker: Speaker, request: Mapping[str, Any]) -> None:
        self._webview = webview
        self._orders = orders
        self._speaker = speaker
        self._url = str(request["url"])
        self._home = "://".join(frame.origin(self._url)) + "/"
        self._border = frame.Border(self._url)
        self._place = self._told = understood(request.get("geometry"))
        self._closes = threading.Event()
        self._ended = threading.Event()
        self.window: Any = None

    def run(self) -> None:
        """Show the window until it is closed."""
        screens = [Area(one.x, one.y, one.width, one.height) for one in self._webview.screens]
        place = self._place.fitted(screens)
        self.window = self._webview.create_window(
            "Traybeat",
            self._url,
            width=place.width,
            height=place.height,
            x=place.x,
            y=place.y,
            min_size=(LEAST_WIDTH, LEAST_HEIGHT),
            background_color=_BACKGROUND,
            text_select=True,
        )
        events = self.window.events
        events.before_show += self._dress
        events.shown += self._shown
        events.loaded += self._loaded
        events.moved += self._moved
        events.resized += self._resized
        events.closing += self._closing
        self._webview.start(self._listen, private_mode=True)
        self._ended.set()

    def _dress(self) -> None:
        if self._webview.renderer == "gtkwebkit2":
            from webview.platforms import gtk

            frame.dress_gtk(self.window, gtk, self._border, lambda: os._exit(CRASHED))

    def _shown(self) -> None:
        self._speaker.tell("shown")
        if self._webview.renderer == "gtkwebkit2":
            frame.adorn_gtk(self.window)

    def _loaded(self) -> None:
        if self._webview.renderer != "gtkwebkit2":
            frame.turn_back(self.window, self._home, self._border)
        self._speaker.tell("loaded")

    def _moved(self, x: float, y: float) -> None:
        self._place = replace(self._place, x=int(x), y=int(y))

    def _resized(self, width: float, height: float) -> None:
        self._place = replace(self._place, width=int(width), height=int(height))

    def _closing(self) -> None:
        self._closes.set()
        self._tell_place()

    def _tell_place(self) -> None:
        native = self.window.native
        if hasattr(native, "get_position") and native.get_realized():
            # GTK counts the frame in when it is asked for the place and not when it tells of a move.
            (x, y), (width, height) = native.get_position(), native.get_size()
            self._place = Geometry(width, height, x, y)
        if self._place != self._told:
            self._told = self._place
            self._speaker.tell("geometry", **asdict(self._place))

    def _listen(self) -> None:
        threading.Thread(target=self._beat, daemon=True).start()
        for line in self._orders:
            self._obey(json.loads(line))
        if not self._ended.is_set():
            self.window.destroy()

    def _obey(self, order: Mapping[str, Any]) -> None:
        match order.get("do"):
            case "show":
                if url := order.get("url"):
                    self.window.load_url(str(url))
                self._raise()
                if not self._closes.is_set():
                    self._speaker.tell("raised")
            case "close":
                self.window.destroy()

    def _raise(self) -> None:
        self.window.restore()
        self.window.show()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self.window.run_js("1")  # comes back only once the page's process has answered
            self._speaker.tell("beat")


def main() -> int:
    """Be the window, between descriptors 0 and 1; whatever the libraries print goes elsewhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders = os.fdopen(0, "rb", closefd=False)
    speaker = Speaker(answers)
    line = orders.readline()
    if not line:
        return DONE
    request = json.loads(line)
    try:
        webview, name = engine.load()
    except engine.NoWebViewError as error:
        speaker.tell("unavailable", detail=str(error), hint=error.hint)
        return UNAVAILABLE
    if request["do"] == "probe":
        speaker.tell("engine", name=name)
        return DONE
    View(webview, orders, speaker, request).run()
    answers.flush()
    os._exit(DONE)  # the thread that waits for orders, and the web view's own, would keep it alive
