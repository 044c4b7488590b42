from base64 import b64encode
from pathlib import Path

import pytest

from traybeat.model.settings import Updates
from traybeat.updates.edition import Edition, built, chosen, faults

KEY = b64encode(bytes(32)).decode()
OURS = Edition("https://example.org/traybeat.json", KEY)


def test_a_copy_from_source_has_nobody_to_ask(tmp_path: Path) -> None:
    assert built(tmp_path / "edition.json") == Edition()
    assert not built().manifest


def test_a_release_carries_where_to_ask(tmp_path: Path) -> None:
    file = tmp_path / "edition.json"
    file.write_text(f'{{"manifest": "{OURS.manifest}", "public_key": "{KEY}"}}', "utf-8")
    assert built(file) == OURS


def test_the_settings_come_before_the_build() -> None:
    own = Updates(manifest="https://fleet.example/m.json", public_key=KEY)
    assert chosen(own, OURS).manifest == "https://fleet.example/m.json"
    assert chosen(Updates(), OURS) == OURS


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (Updates(manifest="https://a.example/m"), "updates.public_key"),
        (Updates(public_key=KEY), "updates.manifest"),
        (Updates(manifest="http://a.example/m", public_key=KEY), "updates.manifest"),
        (Updates(manifest="https://a.example/m", public_key="short"), "updates.public_key"),
        (Updates(manifest="https://a.example/m", public_key=b64encode(bytes(31)).decode()), "updates.public_key"),
    ],
)
def test_a_place_needs_its_key_and_both_their_form(settings: Updates, path: str) -> None:
    assert [fault.path for fault in faults(settings)] == [path]


def test_what_is_whole_has_no_fault() -> None:
    assert faults(Updates(check=True)) == ()
    assert faults(Updates(manifest="https://a.example/m", public_key=KEY)) == ()
