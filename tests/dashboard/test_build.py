"""The package that `pip install .` makes."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from dashboard import node


def test_the_wheel_holds_the_pages_and_nothing_that_they_were_made_of(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(node.ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        index = wheel.read("traybeat/api/pages/index.html").decode()
    for name in re.findall(r'(?:src|href)="/([^"]+)"', index):
        assert f"traybeat/api/pages/{name}" in names
    assert not [name for name in names if "node_modules" in name or name.endswith((".vue", ".ts"))]


def test_the_pages_need_no_more_than_their_policy_allows() -> None:
    index = (node.ROOT / "app/traybeat/api/pages/index.html").read_text("utf-8")
    assert not re.search(r"<style|style=|<script(?![^>]*\ssrc=)", index)
