"""`traybeat backup`: settings and history in one file, while Traybeat runs or not; never a secret."""

import json
import os
import platform
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path

import traybeat
from traybeat.host import control
from traybeat.host.paths import Paths
from traybeat.store.backup import BackupError, copy
from traybeat.store.database import Database

MANIFEST = "manifest.json"
PATIENCE_SECONDS = 600.0


def backup(paths: Paths, file: Path) -> int:
    """Write the backup; an old one of that name is replaced once the new one is whole. Raises TraybeatError."""
    file = file.absolute()
    try:
        with tempfile.TemporaryDirectory(prefix=".traybeat-", dir=file.parent) as directory:
            members = {name: path for name, path in _members(paths, Path(directory)).items() if path.exists()}
            whole = Path(directory) / "whole"
            _write(whole, members)
            whole.replace(file)
    except OSError as error:
        raise BackupError(f"{file} can't be written: {error.strerror or error}") from None
    print(f"Saved in {file}: {', '.join(sorted(members)) or 'nothing, as there is nothing yet'}.")
    return 0


def _members(paths: Paths, directory: Path) -> dict[str, Path]:
    return {paths.settings.name: paths.settings, paths.telemetry.name: _history(paths, directory / "telemetry.db")}


def _history(paths: Paths, target: Path) -> Path:
    """Save the history's database at `target`: the running instance does, with what it has in memory, else we do."""
    try:
        control.ask(control.address(paths), "backup", PATIENCE_SECONDS, file=str(target))
    except control.NotRunningError:
        if paths.telemetry.exists():
            with closing(Database(paths.telemetry).read()) as source:
                copy(source, target)
    return target


def _write(whole: Path, members: dict[str, Path]) -> None:
    manifest = {"traybeat": traybeat.__version__, "created": round(time.time()), "host": platform.node()}
    handle = os.open(whole, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest))
            for name, path in members.items():
                archive.write(path, name)
        out.flush()
        os.fsync(out.fileno())


def unpack(file: Path, names: tuple[str, ...], directory: Path) -> dict[str, Path]:
    """Unpack those members of a backup that are there, and only those; raises TraybeatError."""
    found = {}
    try:
        with zipfile.ZipFile(file) as archive:
            if MANIFEST not in archive.namelist():
                raise BackupError(f"{file} is no backup of Traybeat")
            for name in set(names) & set(archive.namelist()):
                found[name] = Path(archive.extract(name, directory))
    except (OSError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        if isinstance(error, FileNotFoundError):
            raise BackupError(f"{file}: there is no such file") from None
        raise BackupError(f"{file} can't be read as a backup: {error}") from None
    return found
