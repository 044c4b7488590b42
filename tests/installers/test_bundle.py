import plistlib
import re
from pathlib import Path

import pytest

from macos.bundle import ENTITLEMENTS, Notary, checks, image, info, notary, notes, sealed
from traybeat import __version__

TARGET = Path("dist/traybeat.dmg")
BUNDLE = Path("build/frozen/Traybeat.app")
KEY = Notary("notary.p8", "ABC123", "0f0f")
WHOLE = {"TRAYBEAT_NOTARY_KEY": KEY.key, "TRAYBEAT_NOTARY_KEY_ID": KEY.key_id, "TRAYBEAT_NOTARY_ISSUER": KEY.issuer}


def test_the_bundle_says_what_macos_asks_for() -> None:
    told = plistlib.loads(plistlib.dumps(info(__version__)))
    assert told["LSUIElement"] is True
    assert told["CFBundleShortVersionString"] == __version__
    # Apple's form of a version: up to three numbers.
    assert re.fullmatch(r"\d+(\.\d+){0,2}", told["CFBundleVersion"])
    assert told["NSAppTransportSecurity"] == {"NSAllowsLocalNetworking": True}


def test_of_the_hardened_runtime_no_more_is_taken_back_than_python_needs() -> None:
    assert plistlib.loads(ENTITLEMENTS.read_bytes()) == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_without_an_identity_nothing_is_signed_and_that_is_said() -> None:
    assert sealed(TARGET, None, KEY) == []
    (line,) = notes(None, KEY)
    assert "TRAYBEAT_SIGN_IDENTITY" in line
    assert not any("--display" in command for command in checks(BUNDLE, None))


def test_without_the_notarys_key_it_is_signed_alone_and_that_is_said() -> None:
    (command,) = sealed(TARGET, "Developer ID", None)
    assert command == ("codesign", "--sign", "Developer ID", "--timestamp", str(TARGET))
    (line,) = notes("Developer ID", None)
    assert "not notarised" in line


def test_with_both_it_is_signed_then_notarised_then_stapled() -> None:
    programs = [next(word for word in command if word != "xcrun") for command in sealed(TARGET, "ID", KEY)]
    assert programs == ["codesign", "notarytool", "stapler", "spctl"]
    assert notes("ID", KEY) == []


@pytest.mark.parametrize("missing", WHOLE)
def test_a_notarys_key_of_which_a_part_is_missing_is_none(missing: str) -> None:
    assert notary(WHOLE) == KEY
    assert notary({**WHOLE, missing: ""}) is None


def test_the_image_holds_the_folder() -> None:
    command = image(Path("build/macos"), TARGET)
    assert command[command.index("-srcfolder") + 1] == "build/macos"
    assert command[-1] == str(TARGET)


def test_the_frozen_program_is_asked_for_its_version() -> None:
    assert (str(BUNDLE / "Contents/MacOS/traybeat"), "--version") in checks(BUNDLE, None)
