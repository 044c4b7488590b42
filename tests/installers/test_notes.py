import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
notes = runpy.run_path(str(ROOT / "installers/release/notes"))["notes"]
SOURCE = '"""Traybeat."""\n\n__version__ = "1.2.0"\n'
CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-01-02

### Added
- A thing.

## [1.1.0] - 2025-12-01

### Fixed
- Another.

[1.2.0]: https://example.org/1.2.0
"""


def test_the_notes_are_the_versions_section() -> None:
    assert notes("v1.2.0", SOURCE, CHANGELOG) == "### Added\n- A thing."


def test_the_last_section_ends_before_the_links() -> None:
    assert notes("v1.1.0", SOURCE.replace("1.2.0", "1.1.0"), CHANGELOG) == "### Fixed\n- Another."


def test_a_tag_that_is_not_the_version_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"v1\.3\.0.*1\.2\.0"):
        notes("v1.3.0", SOURCE, CHANGELOG)


@pytest.mark.parametrize("changelog", ["# Changelog\n", "## [1.2.0] - 2026-01-02\n\n## [1.1.0]\n- Old.\n"])
def test_a_version_of_which_nothing_is_told_is_refused(changelog: str) -> None:
    with pytest.raises(SystemExit, match=r"no section \[1\.2\.0\]"):
        notes("v1.2.0", SOURCE, changelog)


def test_the_projects_own_files_can_be_read() -> None:
    source = (ROOT / "app/traybeat/__init__.py").read_text("utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased = changelog.replace("[Unreleased]", "[9.9.9]")
    assert "### Added" in notes(
        "v9.9.9", source.replace("__version__ = ", '__version__ = "9.9.9"\n__old__ = '), unreleased
    )
