from pathlib import Path

import pytest

from traybeat.host.secrets import EnvironmentSecrets, variable
from traybeat.model.errors import SecretMissingError


def test_the_variable_follows_from_the_name() -> None:
    assert variable("smtp-password") == "TRAYBEAT_SECRET_SMTP_PASSWORD"


def test_a_secret_comes_from_its_variable() -> None:
    assert EnvironmentSecrets({"TRAYBEAT_SECRET_A_B": "x y"}).get("a-b").reveal() == "x y"


def test_a_secret_comes_from_the_file_that_its_variable_names(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("pässword\n", "utf-8")
    assert EnvironmentSecrets({"TRAYBEAT_SECRET_A_FILE": str(path)}).get("a").reveal() == "pässword"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_named_but_never_shown(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SecretMissingError, match="can't be read from") as raised:
        EnvironmentSecrets({"TRAYBEAT_SECRET_A_FILE": str(path)}).get("a")
    assert raised.value.__cause__ is None


def test_a_secret_that_is_not_there_says_how_to_supply_it() -> None:
    with pytest.raises(SecretMissingError, match="set TRAYBEAT_SECRET_A, or TRAYBEAT_SECRET_A_FILE"):
        EnvironmentSecrets({}).get("a")


def test_a_secret_never_shows_itself() -> None:
    secret = EnvironmentSecrets({"TRAYBEAT_SECRET_A": "hidden"}).get("a")
    assert f"{secret} {secret!r} {[secret]}" == "*** *** [***]"
