from types import SimpleNamespace
from typing import Any

import pytest

from traybeat.window.engine import HINTS, NoWebViewError, load


def importer(**modules: Any) -> Any:
    def find(name: str) -> Any:
        key = name.rpartition(".")[2]
        if isinstance(modules.get(key), Exception):
            raise modules[key]
        return modules.get(key, SimpleNamespace())

    return find


def gtk(display: object) -> Any:
    found = SimpleNamespace(Display=SimpleNamespace(get_default=lambda: display))
    names = SimpleNamespace(set_prgname=lambda name: None)
    return SimpleNamespace(Gdk=found, glib=names, webkit_ver=(2, 42, 1))


def test_the_engine_is_named() -> None:
    assert load("linux", importer(gtk=gtk(object())))[1] == "WebKitGTK 2.42.1"
    assert load("darwin", importer())[1] == "WKWebView"
    assert load("win32", importer(winforms=SimpleNamespace(is_chromium=True)))[1] == "WebView2"


@pytest.mark.parametrize(
    ("platform", "modules", "reason"),
    [
        ("linux", {"gtk": ImportError("No module named 'gi'")}, "No module named 'gi'"),
        ("linux", {"gtk": ValueError("Namespace WebKit2 not\navailable")}, "Namespace WebKit2 not available"),
        ("linux", {"gtk": gtk(None)}, "no display"),
        ("win32", {"winforms": SimpleNamespace(is_chromium=False)}, "no WebView2"),
        ("darwin", {"cocoa": ImportError()}, "ImportError"),
        ("linux", {"webview": ImportError("No module named 'webview'")}, "webview"),
    ],
)
def test_where_there_is_none_it_says_why_and_how_to_get_one(
    platform: str, modules: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NoWebViewError, match=reason) as raised:
        load(platform, importer(**modules))
    assert raised.value.hint == ("" if reason == "no display" else HINTS[platform])
