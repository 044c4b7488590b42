"""/api/settings, /api/secrets, /api/channels: how Traybeat is set up."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from traybeat.api.route import Call, ProblemError, Route
from traybeat.api.types import settings as types
from traybeat.engine.notifier import NoSuchChannelError
from traybeat.host.editing import Change
from traybeat.model.errors import SecretMissingError, SecretRefusedError, SecretsUnavailableError
from traybeat.model.message import Rejected, Unreachable
from traybeat.model.service import Secret, SecretStore
from traybeat.settings.live import LiveSettings
from traybeat.settings.tree import Schema

GROUP = "settings"


class SettingsRoutes:
    """Answers about settings. `test` sends a channel's test message and gives the other side's answer."""

    def __init__(self, live: LiveSettings, schema: Schema, secrets: SecretStore, test: Callable[[str], str]) -> None:
        self._live = live
        self._schema = schema
        self._secrets = secrets
        self._test = test

    def routes(self) -> tuple[Route, ...]:
        """Give the routes."""
        secret, tree = "/api/secrets/{name}", types.SettingsTree
        return (
            Route("GET", "/api/settings", "getSettings", "The settings in force, without secrets", self.get, tree,
                  group=GROUP),
            Route("PATCH", "/api/settings", "changeSettings", "Change settings by a JSON merge patch, all or none",
                  self.patch, tree, body=dict[str, Any], problems=(400, 409, 422), group=GROUP),
            Route("GET", "/api/secrets", "listSecrets", "The names of the secrets that are kept", self.names,
                  types.SecretNames, group=GROUP),
            Route("PUT", secret, "putSecret", "Keep a secret; nothing ever tells it", self.put, types.SecretKept,
                  body=types.SecretValue, problems=(400, 422, 503), group=GROUP),
            Route("DELETE", secret, "dropSecret", "Forget a secret", self.drop, status=204, problems=(404, 422, 503),
                  group=GROUP),
            Route("POST", "/api/channels/{name}/test", "testChannel", "Send a test message", self.test,
                  types.ChannelTest, problems=(404,), group=GROUP),
        )  # fmt: skip

    def get(self, call: Call | None = None) -> types.SettingsTree:  # noqa: ARG002 (handlers are called alike)
        """Give the settings."""
        state = self._live.state
        return types.SettingsTree(
            settings=plain(self._live.current),
            described=tuple(
                types.SettingInfo(".".join(leaf.path), leaf.description, leaf.kind.expected, plain(leaf.default))
                for leaf in self._schema.leaves()
            ),
            overridden=state.overridden,
            path=state.path,
            faults=tuple(str(fault) for fault in state.faults),
            notice=state.notice,
        )

    def patch(self, call: Call) -> types.SettingsTree:
        """Change settings."""
        changes = tuple(_changes(call.body, ()))
        fixed = {*self._live.state.overridden}
        refused = tuple(
            (told, "set by the environment, which the file can't change")
            for change in changes
            if (told := self._schema.told(change.path)) in fixed
        )
        if refused:
            raise ProblemError(409, "The environment sets this; unset its variable first.", refused)
        if changes:
            self._live.change(changes)
        return self.get()

    def names(self, call: Call) -> types.SecretNames:  # noqa: ARG002 (handlers are called alike)
        """Name the secrets."""
        return types.SecretNames(self._secrets.names())

    def put(self, call: Call) -> types.SecretKept:
        """Keep a secret."""
        name = call.path["name"]
        try:
            return types.SecretKept(name, self._secrets.put(name, Secret(call.body.value)))
        except SecretRefusedError as error:
            raise ProblemError(422, str(error)) from None
        except SecretMissingError as error:
            raise ProblemError(503, str(error)) from None

    def drop(self, call: Call) -> None:
        """Forget a secret."""
        try:
            self._secrets.drop(call.path["name"])
        except SecretsUnavailableError as error:
            raise ProblemError(503, str(error)) from None
        except SecretMissingError as error:
            raise ProblemError(404, str(error)) from None

    def test(self, call: Call) -> types.ChannelTest:
        """Send a test message."""
        try:
            return types.ChannelTest(delivered=True, answer=self._test(call.path["name"]))
        except NoSuchChannelError as error:
            raise ProblemError(404, str(error)) from None
        except (Rejected, Unreachable) as error:
            return types.ChannelTest(delivered=False, answer=str(error))


def plain(node: Any) -> Any:
    """Write a part of the settings tree as JSON knows it."""
    if is_dataclass(node) and not isinstance(node, type):
        return {field.name: plain(getattr(node, field.name)) for field in fields(node)}
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, tuple | list) else node


def _changes(patch: Any, path: tuple[str, ...]) -> "list[Change]":
    """Take a merge patch apart (RFC 7396)."""
    if isinstance(patch, dict):
        return [change for key, value in patch.items() for change in _changes(value, (*path, key))]
    return [Change(path, patch, gone=patch is None)]
