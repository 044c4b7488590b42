from collections.abc import Iterator

import pytest

from fakes import FakeSecrets
from traybeat.api.api import faults
from traybeat.model.settings import Api, Dashboard, SecretRef, Settings, Tls


def told(dashboard: Dashboard | None = None, api: Api | None = None) -> Iterator[str]:
    settings = Settings(dashboard=dashboard or Dashboard(), api=api or Api())
    return (fault.path for fault in faults(settings, FakeSecrets(redis="x")))


@pytest.mark.parametrize(
    ("dashboard", "paths"),
    [
        (Dashboard(), []),
        (Dashboard(address="::"), ["dashboard.address"]),
        (Dashboard(address="::", allow_unencrypted=True), []),
        (Dashboard(address="nowhere"), ["dashboard.address"]),
        (Dashboard(enabled=False, address="::"), []),
        (Dashboard(tls=Tls(certificate="c")), ["dashboard.tls.key"]),
        (Dashboard(origins=("*",)), ["dashboard.origins[0]"]),
        (Dashboard(origins=("https://a.example", "https://a.example/x")), ["dashboard.origins[1]"]),
        (Dashboard(origins=("ftp://a",)), ["dashboard.origins[0]"]),
    ],
)  # fmt: skip
def test_a_door_is_open_to_the_network_only_where_that_is_said(dashboard: Dashboard, paths: list[str]) -> None:
    assert list(told(dashboard)) == paths


@pytest.mark.parametrize(
    ("api", "paths"),
    [
        (Api(trusted_proxies=("10.0.0.1", "10.0.0.0/24", "proxy")), ["api.trusted_proxies[2]"]),
        (Api(redis_url="http://a"), ["api.redis_url"]),
        (Api(redis_url="redis://:x@a"), ["api.redis_url"]),
        (Api(redis_url="redis://a", redis_password=SecretRef("redis")), []),
        (Api(redis_url="redis://a", redis_password=SecretRef("other")), ["api.redis_password"]),
    ],
)
def test_what_the_api_can_not_live_with_is_told(api: Api, paths: list[str]) -> None:
    assert list(told(api=api)) == paths
