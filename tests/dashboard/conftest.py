import pytest

from dashboard import node


@pytest.fixture(scope="session")
def libraries() -> None:
    """The libraries that the dashboard's own checks need."""
    node.install()
