"""What the groups of routes do, on a real agent."""

import time
from typing import Any

import pytest

from agent import until
from api.conftest import Served

RULE: dict[str, Any] = {"id": "hot", "metric": "system_cpu_busy_ratio", "threshold": 0.97, "severity": "info"}


def test_the_newest_values_come_with_their_units_in_the_catalogue(served: Served) -> None:
    newest = served.viewer.get("/api/metrics/memory").json
    assert (newest["kind"], newest["interval_seconds"]) == ("newest", 2)
    assert abs(newest["time"] - time.time()) < 10
    catalogue = {one["name"]: one for one in served.viewer.get("/api/metrics").json["metrics"]}
    for value in newest["values"]:
        assert catalogue[value["metric"]]["source"] == "memory"
    assert catalogue["system_memory_used_ratio"]["unit"] == "ratio"


def test_series_are_chosen_by_metric_and_label(served: Served) -> None:
    path = "/api/metrics/cpu?metric=system_cpu_usage_ratio&label=mode=user"
    until(lambda: served.viewer.get(path).json["values"] != [], what="the first usage")
    assert [one["labels"] for one in served.viewer.get(path).json["values"]] == [{"mode": "user"}]
    assert served.viewer.get("/api/metrics/cpu?label=mode").status == 422
    assert served.viewer.get("/api/metrics/cpu?label=mode=~(a%2B)%2B").status == 422


def test_a_range_has_averages_minima_and_maxima(served: Served) -> None:
    def points() -> int:
        found = served.viewer.get("/api/metrics/cpu?start=0&metric=system_cpu_busy_ratio&points=500").json
        (line,) = found["series"] or [{"times": []}]
        if line["times"]:
            assert len(line["times"]) == len(line["averages"]) == len(line["minima"]) == len(line["maxima"])
            assert all(low <= high for low, high in zip(line["minima"], line["maxima"], strict=True))
        return len(line["times"])

    until(lambda: points() > 0, what="a point")


@pytest.mark.parametrize(
    "query",
    ["end=5", "points=5", "start=9&end=3", "start=x", "start=0&points=2", "start=0&points=11001", "start=0&points=a",
     "start=2026-01-01T00:00:00", "start=nan", "start=0&start=1", "nonsense=1", "start=1e300"],
)  # fmt: skip
def test_ranges_that_can_not_be_are_refused(served: Served, query: str) -> None:
    answer = served.viewer.get(f"/api/metrics/cpu?{query}")
    assert answer.status == 422
    assert answer.json["errors"]


def test_a_range_in_the_past_is_kept_and_not_sent_twice(served: Served) -> None:
    path = "/api/metrics/cpu?start=2020-01-01T00:00:00Z&end=2020-01-02T01:00:00%2B01:00"
    first = served.viewer.get(path)
    assert (first.status, first.json["series"]) == (200, [])
    again = served.viewer.get(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.content) == (304, b"")
    assert "etag" not in served.viewer.get("/api/metrics/cpu?start=0").headers


def test_processes_of_now_and_of_a_moment(served: Served) -> None:
    until(lambda: served.viewer.get("/api/processes").json["time"] is not None, what="processes")
    now = served.viewer.get("/api/processes").json
    assert now["processes"][0]["name"]
    then = served.viewer.get(f"/api/processes?at={now['time'] + 1}").json
    assert {one["pid"] for one in then["processes"]} & {one["pid"] for one in now["processes"]}
    assert served.viewer.get("/api/processes?at=1000").json == {"time": None, "processes": []}


def test_a_rule_is_added_changed_and_removed_and_comments_stay(served: Served) -> None:
    path = served.agent.config / "rules.yaml"
    path.write_text("# mine\n" + path.read_text("utf-8"), "utf-8")
    made = served.admin.ask("POST", "/api/alerts/rules", RULE)
    assert (made.status, made.headers["location"]) == (201, "/api/alerts/rules/hot")
    assert served.admin.ask("POST", "/api/alerts/rules", RULE).status == 409
    assert "hot" in {one["id"] for one in served.viewer.get("/api/alerts/rules").json["rules"]}
    changed = served.admin.ask("PUT", "/api/alerts/rules/hot", {**RULE, "threshold": 0.98})
    assert changed.json["threshold"] == 0.98
    stale = served.admin.ask("PUT", "/api/alerts/rules/hot", RULE, If_Match=made.headers["etag"])
    assert stale.status == 412
    assert served.viewer.get("/api/alerts/rules/hot").json["threshold"] == 0.98
    text = path.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert "threshold: 0.98" in text
    assert served.admin.ask("DELETE", "/api/alerts/rules/hot", If_Match=changed.headers["etag"]).status == 204
    assert served.viewer.get("/api/alerts/rules/hot").status == 404
    assert served.admin.ask("DELETE", "/api/alerts/rules/hot").status == 404
    assert served.admin.ask("PUT", "/api/alerts/rules/hot", RULE).status == 404


def test_faults_of_a_rule_are_told_beside_its_fields(served: Served) -> None:
    answer = served.admin.ask("POST", "/api/alerts/rules", {"id": "x", "metric": "system_cpu_bus_ratio", "thresold": 1})
    told = {one["path"]: one["detail"] for one in answer.json["errors"]}
    assert "did you mean system_cpu_busy_ratio?" in told["metric"]
    assert "did you mean threshold?" in told["thresold"]


def test_a_rule_is_tried_on_the_past(served: Served) -> None:
    always = {**RULE, "threshold": -1}
    until(
        lambda: served.admin.ask("POST", "/api/alerts/rules/backtest?days=1", always).json["firings"] != [],
        what="a firing in the past",
    )
    report = served.admin.ask("POST", "/api/alerts/rules/backtest", always).json
    assert report["series"] == 1
    assert report["known_since"] is not None
    assert report["firings"][-1]["processes"]
    assert report["looks"] == []
    (looks,) = served.admin.ask("POST", "/api/alerts/rules/backtest?points=100", always).json["looks"]
    assert (looks["metric"], looks["unit"]) == (RULE["metric"], "ratio")
    assert 1 <= len(looks["times"]) == len(looks["maxima"]) <= 100
    assert served.admin.ask("POST", "/api/alerts/rules/backtest?days=0", always).status == 422


def test_an_alert_fires_is_acknowledged_and_resolved(served: Served) -> None:
    rule = {**RULE, "id": "always", "threshold": -1}
    assert served.admin.ask("POST", "/api/alerts/rules", rule).status == 201
    until(lambda: served.viewer.get("/api/alerts/active").json["alerts"] != [], what="the alert")
    (alert,) = served.viewer.get("/api/alerts/active").json["alerts"]
    assert (alert["rule"], alert["state"], alert["acknowledged_at"]) == ("always", "firing", None)
    known = served.admin.ask("POST", f"/api/alerts/{alert['id']}/acknowledge")
    assert abs(known.json["acknowledged_at"] - time.time()) < 10
    assert served.admin.ask("POST", "/api/alerts/none/acknowledge").status == 404
    assert served.admin.ask("DELETE", "/api/alerts/rules/always").status == 204
    until(lambda: served.viewer.get("/api/alerts/active").json["alerts"] == [], what="the end")
    page = served.viewer.get("/api/alerts/history?rule=always&state=resolved&severity=info&limit=1").json
    assert [one["id"] for one in page["alerts"]] == [alert["id"]]
    assert served.viewer.get("/api/alerts/history?limit=0").status == 422


def test_alerts_are_kept_quiet_and_loud_again(served: Served) -> None:
    asked = {"scope": "rule", "target": "disk-full", "seconds": 3600}
    (snooze,) = served.admin.ask("POST", "/api/alerts/snooze", asked).json["snoozes"]
    assert snooze["target"] == "disk-full"
    tomorrow = served.admin.ask("POST", "/api/alerts/snooze", {"until": "tomorrow"}).json["snoozes"]
    assert {one["scope"] for one in tomorrow} == {"all", "rule"}
    served.admin.ask("POST", "/api/alerts/snooze", {"seconds": 0})
    assert served.admin.ask("POST", "/api/alerts/snooze", {**asked, "seconds": 0}).json["snoozes"] == []
    for wrong in ({}, {"scope": "rule", "seconds": 1}, {"scope": "severity", "target": "bad", "seconds": 1}):
        assert served.admin.ask("POST", "/api/alerts/snooze", wrong).status == 422


def test_settings_are_changed_all_or_none_and_comments_stay(served: Served) -> None:
    path = served.agent.settings
    path.write_text("# mine\n" + path.read_text("utf-8"), "utf-8")
    before = served.viewer.get("/api/settings").json
    patch: dict[str, Any] = {"collectors": {"sensors": {"interval_seconds": 20}}, "history": {"minute_days": 0.1}}
    refused = served.admin.ask("PATCH", "/api/settings", patch)
    assert [one["path"] for one in refused.json["errors"]] == ["history.minute_days"]
    assert served.viewer.get("/api/settings").json["settings"] == before["settings"]
    patch["history"]["minute_days"] = 8
    changed = served.admin.ask("PATCH", "/api/settings", patch)
    assert changed.json["settings"]["collectors"]["sensors"]["interval_seconds"] == 20
    assert changed.json["settings"]["history"]["minute_days"] == 8
    assert path.read_text("utf-8").startswith("# mine\n")
    back = served.admin.ask("PATCH", "/api/settings", {"history": {"minute_days": None}})
    assert back.json["settings"]["history"]["minute_days"] == 7


def test_what_the_environment_sets_can_not_be_changed(served: Served) -> None:
    assert "exporter.port" in served.viewer.get("/api/settings").json["overridden"]
    answer = served.admin.ask("PATCH", "/api/settings", {"exporter": {"port": 9105}})
    assert answer.status == 409


def test_a_secret_goes_in_and_never_comes_out(served: Served) -> None:
    put = served.admin.ask("PUT", "/api/secrets/hook", {"value": "hunter2hunter2"})
    assert put.status in {200, 503}
    everything = "".join(
        served.admin.get(path).content.decode() for path in ("/api/secrets", "/api/settings", "/api/status")
    )
    assert "hunter2" not in everything
    if put.status == 200:
        assert served.admin.get("/api/secrets").json["names"] == ["hook"]
        assert served.admin.ask("DELETE", "/api/secrets/hook").status == 204
        assert served.admin.ask("DELETE", "/api/secrets/hook").status == 404


def test_a_channel_s_test_tells_what_the_other_side_answers(served: Served) -> None:
    assert served.admin.ask("POST", "/api/channels/webhook/test").status == 404
    patch = {"channels": {"webhook": {"url": f"{served.admin.base}/no/hook", "allow_loopback": True}}}
    assert served.admin.ask("PATCH", "/api/settings", patch).status == 200
    told = served.admin.ask("POST", "/api/channels/webhook/test").json
    assert told["delivered"] is False
    assert "404" in told["answer"] or "405" in told["answer"]
    served.admin.ask("PATCH", "/api/settings", {"channels": {"webhook": None}})


def test_keys_are_made_used_and_revoked_at_once(served: Served) -> None:
    made = served.admin.ask("POST", "/api/keys", {"name": "script"}).json
    assert served.admin.ask("POST", "/api/keys", {"name": "script"}).status == 409
    assert served.admin.ask("POST", "/api/keys", {"name": "-"}).status == 422
    told = {one["name"]: one for one in served.admin.get("/api/keys").json["keys"]}
    assert (told["script"]["scope"], told["script"]["used_at"]) == ("viewer", None)
    script = {"Authorization": f"Bearer {made['key']}"}
    assert served.nobody.get("/api/status", **script).status == 200
    told = {one["name"]: one for one in served.admin.get("/api/keys").json["keys"]}
    assert told["script"]["used_at"] is not None
    assert served.admin.ask("DELETE", "/api/keys/script").status == 204
    assert served.nobody.get("/api/status", **script).status == 401
    assert served.admin.ask("DELETE", "/api/keys/script").status == 404


def test_requests_are_counted_and_told(served: Served) -> None:
    first, second = (served.viewer.get("/api/metrics").headers for _ in range(2))
    assert first["ratelimit-policy"] == '"hour";q=100000;w=3600'
    left = [int(one["ratelimit"].partition("r=")[2].partition(";")[0]) for one in (first, second)]
    assert left[0] - left[1] == 1
