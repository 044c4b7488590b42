import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ordering import group, rank

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before the workers look at the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Share the tests out, where there are several workers."""
    if not hasattr(config, "workerinput"):
        return
    paths = {item: item.path.relative_to(TESTS).as_posix() for item in items}
    items.sort(key=lambda item: rank(paths[item]))
    for item, path in paths.items():
        item.add_marker(pytest.mark.xdist_group(group(path)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    return _free_port()


@pytest.fixture
def new_port() -> Callable[[], int]:
    """Gives such a port at each call."""
    return _free_port
