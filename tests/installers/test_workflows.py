import re
import runpy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def workflow(name: str) -> Any:
    return yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text("utf-8"))


def test_a_release_builds_for_platforms_that_can_be_built_for() -> None:
    known = runpy.run_path(str(ROOT / "installers/build"))["EXTRAS"]
    jobs = workflow("release")["jobs"]
    built = {one["platform"] for one in jobs["packages"]["strategy"]["matrix"]["include"]}
    assert built | {"windows", "container"} == set(known)
    assert {"packages", "windows", "image"} == set(jobs["draft"]["needs"])


def test_one_action_has_one_version_everywhere() -> None:
    used: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for action, version in re.findall(r"uses: (\S+)@(\S+ # v\S+)", path.read_text("utf-8")):
            used.setdefault(action, set()).add(version)
    assert used
    assert all(len(versions) == 1 for versions in used.values()), used


def test_ci_runs_the_tests_on_three_systems_and_every_python_that_is_supported() -> None:
    matrix = workflow("ci")["jobs"]["systems"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"macos", "ubuntu", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_who_may_write_is_said_job_by_job() -> None:
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}
    for name, job in workflow("release")["jobs"].items():
        assert (job["permissions"]["contents"] == "write") == (name == "draft")
