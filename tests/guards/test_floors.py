"""Imports go down the floors; siblings on floor 3 are strangers; main.py and composition alone build the program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import traybeat

ROOT = Path(traybeat.__file__).parent
FLOORS = (
    ("model",),
    ("host",),
    ("settings", "collectors", "channels", "store", "alerts", "updates"),
    ("engine",),
    ("exporter", "api", "tray", "window"),
    ("composition", "commands", "main", "__main__"),
)
FLOOR = {part: number for number, parts in enumerate(FLOORS, 1) for part in parts}
STRANGERS = 3  # the floor whose parts do not know one another
FILES = sorted(ROOT.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            if node.module == "traybeat":
                yield from (f"traybeat.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def own_parts(path: Path) -> set[str]:
    names = (name.split(".") for name in imports(path) if name.startswith("traybeat."))
    return {name[1] for name in names if name[1] != "__version__"}


def test_every_part_of_the_package_has_a_floor() -> None:
    assert {part_of(path) for path in FILES} - {"__init__"} <= FLOOR.keys()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path != ROOT / "__init__.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_go_down(path: Path) -> None:
    own = part_of(path)
    for other in own_parts(path) - {own}:
        assert FLOOR[other] <= FLOOR[own], f"{own} is below {other}"
        if FLOOR[own] == FLOOR[other]:
            assert FLOOR[own] != STRANGERS, f"{own} and {other} are on one floor and strangers"


@pytest.mark.parametrize("path", sorted((ROOT / "model").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_model_needs_the_standard_library_alone(path: Path) -> None:
    import sys

    others = {name.partition(".")[0] for name in imports(path)} - {"traybeat"}
    assert others <= sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_called_while_a_module_is_imported_but_declarations(path: Path) -> None:
    """Modules declare; they open, start and read nothing."""
    forbidden = {"open", "Thread", "Popen", "run", "connect", "start", "read_text", "read_bytes", "print"}
    tree = ast.parse(path.read_text("utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.If):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                assert called not in forbidden, f"{path}:{node.lineno}"
