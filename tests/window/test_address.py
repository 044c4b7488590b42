import pytest

from traybeat.window.address import WrongPageError, clean, locate


def test_the_code_is_in_the_part_that_is_never_sent() -> None:
    assert locate("http://127.0.0.1:9180", "", "abc") == "http://127.0.0.1:9180/#code=abc"
    assert locate("http://127.0.0.1:9180/", "/alerts/7/", "abc") == "http://127.0.0.1:9180/alerts/7#code=abc"


@pytest.mark.parametrize("page", ["a//b", "x?y", "x#y", "../x", "a/../b", "a b", "a\\b", "\n", "http://x", "é"])
def test_what_might_lead_elsewhere_is_no_page(page: str) -> None:
    with pytest.raises(WrongPageError, match="is no page"):
        clean(page)
