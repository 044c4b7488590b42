import pytest

from traybeat.window.frame import Border, turn_back

HOME = "http://127.0.0.1:9180/#code=x"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9180/alerts/1#x", "http://127.0.0.1:9180", "about:blank"])
def test_our_own_pages_are_ours(url: str) -> None:
    opened: list[str] = []
    assert not Border(HOME, opened.append).crosses(url)
    assert opened == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:9180/",
        "http://127.0.0.1:9181/",
        "http://127.0.0.1:9180@evil.example/",
        "http://localhost:9180/",
    ],
)
def test_pages_of_others_go_to_the_browser(url: str) -> None:
    opened: list[str] = []
    assert Border(HOME, opened.append).crosses(url)
    assert opened == [url]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "mailto:a@b", "data:text/html,x"])
def test_what_no_browser_should_open_goes_nowhere(url: str) -> None:
    opened: list[str] = []
    assert Border(HOME, opened.append).crosses(url)
    assert opened == []


class FakeWindow:
    def __init__(self, url: str) -> None:
        self.url = url

    def get_current_url(self) -> str:
        return self.url

    def load_url(self, url: str) -> None:
        self.url = url


def test_a_web_view_that_can_not_be_asked_before_is_sent_home_after() -> None:
    opened: list[str] = []
    window = FakeWindow("https://example.org/")
    turn_back(window, "http://127.0.0.1:9180/", Border(HOME, opened.append))
    assert (window.url, opened) == ("http://127.0.0.1:9180/", ["https://example.org/"])
