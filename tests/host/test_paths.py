from pathlib import Path

from traybeat.host.paths import locate, runtime


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"TRAYBEAT_CONFIG_DIR": str(tmp_path / "c1"), "TRAYBEAT_DATA_DIR": str(tmp_path / "d1")}
    paths = locate(str(tmp_path / "c2"), None, environ)
    assert paths.settings == tmp_path / "c2" / "settings.yaml"
    assert paths.lock == tmp_path / "d1" / "traybeat.lock"
    assert paths.log == tmp_path / "d1" / "traybeat.log"


def test_without_either_the_platforms_directories_are_used() -> None:
    paths = locate(None, None, {})
    assert {path.name for path in (paths.config, paths.data)} == {"traybeat"}
    assert paths.config.is_absolute()
    assert paths.log.name == "traybeat.log"


def test_a_relative_directory_stays_where_it_was_meant(tmp_path: Path) -> None:
    assert locate("here", None, {}).config == Path.cwd() / "here"
    assert locate("~/there", None, {}).config == Path.home() / "there"


def test_where_neither_a_session_nor_a_temporary_directory_is_ours_the_data_have_room(tmp_path: Path) -> None:
    def refuse() -> str:
        raise PermissionError("no safe temporary directory; set XDG_RUNTIME_DIR")

    assert runtime(lambda: "/run/user/1000/traybeat", tmp_path) == Path("/run/user/1000/traybeat")
    assert runtime(refuse, tmp_path) == tmp_path / "run"
