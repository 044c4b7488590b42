"""The dashboard's own checks: what its logic does, its style, its types, its size."""

import gzip
import re

import pytest

from dashboard import node
from traybeat.api.pages import ROOT

LARGEST_FIRST_LOAD = 150_000
pytestmark = pytest.mark.usefixtures("libraries")


def test_its_logic_is_right() -> None:
    assert "Tests" in node.run("node_modules/vitest/vitest.mjs", "run")


def test_its_style_is_kept() -> None:
    node.run("node_modules/eslint/bin/eslint.js", "--max-warnings", "0", ".")


def test_its_types_hold() -> None:
    node.run("node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit")


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (node.SOURCES / "package-lock.json").read_text("utf-8")


def test_the_first_page_takes_at_most_150_kilobytes() -> None:
    pages = ROOT
    wanted, seen = ["index.html"], dict[str, int]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        content = (pages / name).read_bytes()
        seen[name] = len(gzip.compress(content))
        # What a file imports at once; what it imports when a page is opened stands behind import(...).
        wanted += [
            f"assets/{one}"
            for one in re.findall(r'(?:from|import|href=|src=)\s*"(?:\./|/assets/)([\w.-]+)"', content.decode())
        ]
    assert any(name.endswith(".css") for name in seen)
    assert sum(seen.values()) < LARGEST_FIRST_LOAD, seen
