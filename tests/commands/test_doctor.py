import socket
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock, FakeCollector, collection
from traybeat.collectors.registry import Registration
from traybeat.commands.check import check
from traybeat.commands.doctor import doctor, findings
from traybeat.commands.finding import Finding
from traybeat.host.paths import Paths
from traybeat.model.errors import Fault, NoDataError
from traybeat.model.metric import Collection
from traybeat.model.settings import CollectorOptions, Exporter, Settings


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "data", tmp_path / "run")


def registration(*results: Collection | Exception) -> tuple[Registration, Any]:
    return Registration("room", CollectorOptions, (), lambda _machine, _options: FakeCollector(*results)), None


def found(
    paths: Paths, port: int, *results: Collection | Exception, faults: tuple[Fault, ...] = (), enabled: bool = True
) -> dict[str, Finding]:
    settings = Settings(exporter=Exporter(port=port, enabled=enabled))
    collectors = {"room": registration(*results or (collection(("attic", 20)),))}
    return {one.subject: one for one in findings(paths, FakeClock(), collectors, lambda: (settings, faults))}


def test_a_well_machine_has_nothing_bad(paths: Paths, free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    told = found(paths, free_port)
    assert {one.mark for one in told.values()} == {"ok", "none"}
    assert told["collector room"].detail == "1 samples in 0.0 ms"
    assert told["exporter port"].detail == f"127.0.0.1:{free_port} is free"
    settings = Settings(exporter=Exporter(port=free_port))
    assert doctor(paths, FakeClock(), {}, lambda: (settings, ())) == 0
    assert capsys.readouterr().out.endswith("Everything works.\n")


def test_a_directory_that_can_not_be_written_is_bad_and_has_a_fix(paths: Paths, free_port: int) -> None:
    paths.data.write_text("a file in its place")
    finding = found(paths, free_port)["data directory"]
    assert finding.mark == "bad"
    assert finding.fix


def test_a_fault_in_the_settings_says_where_to_edit(
    paths: Paths, free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Fault("exporter.port", "0", "a whole number from 1 to 65535", line=3)
    finding = found(paths, free_port, faults=(fault,))["settings"]
    assert (finding.mark, finding.fix) == ("bad", f"edit {paths.settings}")
    assert doctor(paths, FakeClock(), {}, lambda: (Settings(exporter=Exporter(port=free_port)), (fault,))) == 1
    assert capsys.readouterr().out.endswith("1 to mend.\n")


def test_a_port_in_use_is_bad(paths: Paths) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        finding = found(paths, other.getsockname()[1])["exporter port"]
    assert finding.mark == "bad"
    assert "stop that, or set exporter.port" in str(finding.fix)


def test_an_exporter_that_is_off_needs_no_port(paths: Paths) -> None:
    assert found(paths, 1, enabled=False)["exporter port"].mark == "none"


def test_a_collector_without_data_is_no_fault_and_one_that_fails_is(paths: Paths, free_port: int) -> None:
    assert found(paths, free_port, NoDataError("no battery"))["collector room"] == Finding(
        "none", "collector room", "no battery"
    )
    finding = found(paths, free_port, OSError("broken"))["collector room"]
    assert (finding.mark, finding.detail) == ("bad", "OSError: broken")


def test_check_tells_every_fault_on_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "settings.yaml"
    faults = (Fault("a", "1", "2"), Fault("b", "3", "4"))
    assert check(path, lambda: (Settings(), faults)) == 2
    assert capsys.readouterr().err == f"{path}: a: found 1, expected 2\n{path}: b: found 3, expected 4\n"


def test_check_says_whether_there_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "settings.yaml"
    assert check(path, lambda: (Settings(), ())) == 0
    assert "do not exist yet" in capsys.readouterr().out
    path.write_text("# empty\n")
    assert check(path, lambda: (Settings(), ())) == 0
    assert capsys.readouterr().out == f"The settings in {path} are right.\n"
