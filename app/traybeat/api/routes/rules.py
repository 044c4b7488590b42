"""/api/alerts/rules: rules, looked through and changed."""

import hashlib
from collections.abc import Callable

import msgspec

from traybeat.alerts.desk import NoSuchRuleError, RuleExistsError, RulesDesk
from traybeat.alerts.rulebook import Rulebook
from traybeat.api.route import Call, ProblemError, Reply, Route
from traybeat.api.types.rules import Rules
from traybeat.model.alert import Rule

GROUP = "rules"


class RuleRoutes:
    """Answers about rules. `follow` lets the file be looked at now."""

    def __init__(self, desk: RulesDesk, rulebook: Rulebook, follow: Callable[[], None]) -> None:
        self._desk = desk
        self._rulebook = rulebook
        self._follow = follow

    def routes(self) -> tuple[Route, ...]:
        """Give the routes."""
        one = "/api/alerts/rules/{id}"
        return (
            Route("GET", "/api/alerts/rules", "listRules", "The rules in force", self.all, Rules, group=GROUP),
            Route("POST", "/api/alerts/rules", "addRule", "Add a rule", self.add, Rule, body=Rule, raw_body=True,
                  status=201, problems=(400, 409, 422), group=GROUP),
            Route("GET", one, "getRule", "One rule", self.get, Rule, problems=(404,), group=GROUP),
            Route("PUT", one, "replaceRule", "Change a rule; If-Match keeps two people apart", self.replace, Rule,
                  body=Rule, raw_body=True, problems=(400, 404, 409, 412, 422), group=GROUP),
            Route("DELETE", one, "removeRule", "Remove a rule", self.remove, status=204,
                  problems=(404, 412, 422), group=GROUP),
        )  # fmt: skip

    def all(self, call: Call) -> Rules:  # noqa: ARG002 (handlers are called alike)
        """Give all rules."""
        state = self._rulebook.state
        return Rules(self._rulebook.rules, state.path, tuple(str(fault) for fault in state.faults), state.notice)

    def get(self, call: Call) -> Reply:
        """Give one rule."""
        return _told(self._found(call))

    def add(self, call: Call) -> Reply:
        """Add a rule."""
        try:
            rule = self._desk.add(call.body)
        except RuleExistsError as error:
            raise ProblemError(409, str(error)) from None
        self._follow()
        return Reply(rule, 201, {"location": f"/api/alerts/rules/{rule.id}", "etag": _tag(rule)})

    def replace(self, call: Call) -> Reply:
        """Change a rule."""
        self._match(call)
        try:
            rule = self._desk.replace(call.path["id"], call.body)
        except NoSuchRuleError as error:
            raise ProblemError(404, str(error)) from None
        except RuleExistsError as error:
            raise ProblemError(409, str(error)) from None
        self._follow()
        return _told(rule)

    def remove(self, call: Call) -> None:
        """Remove a rule."""
        self._match(call)
        try:
            self._desk.remove(call.path["id"])
        except NoSuchRuleError as error:
            raise ProblemError(404, str(error)) from None
        self._follow()

    def _found(self, call: Call) -> Rule:
        for rule in self._rulebook.rules:
            if rule.id == call.path["id"]:
                return rule
        raise ProblemError(404, f"There is no rule {call.path['id']!r}.")

    def _match(self, call: Call) -> None:
        wanted = call.headers.get("if-match")
        if wanted is not None and wanted not in {"*", _tag(self._found(call))}:
            raise ProblemError(412, "Somebody else has changed this rule; get it again and make your change anew.")


def _told(rule: Rule) -> Reply:
    return Reply(rule, 200, {"etag": _tag(rule)})


def _tag(rule: Rule) -> str:
    return f'"{hashlib.sha256(msgspec.json.encode(rule)).hexdigest()[:32]}"'
