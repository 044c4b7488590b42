"""Where files lie: the platform's own directories, or those the user names."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs import PlatformDirs


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories, and the files in them that users know by name.

    `options` are what another start on the same directories needs on its command line.
    """

    config: Path
    data: Path
    log_directory: Path
    runtime: Path
    options: tuple[str, ...] = ()

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.yaml"

    @property
    def rules(self) -> Path:
        """The file with the alert rules."""
        return self.config / "rules.yaml"

    @property
    def journal(self) -> Path:
        """The database of alerts and of the messages about them."""
        return self.data / "journal.db"

    @property
    def log(self) -> Path:
        """The newest log file."""
        return self.log_directory / "traybeat.log"

    @property
    def telemetry(self) -> Path:
        """The history's database."""
        return self.data / "telemetry.db"

    @property
    def window(self) -> Path:
        """Where the window was, and how large."""
        return self.data / "window.json"

    @property
    def welcomed(self) -> Path:
        """The mark that the first run's welcome has been shown."""
        return self.data / "welcomed"

    @property
    def updates(self) -> Path:
        """What is known of newer versions, and since when."""
        return self.data / "updates.json"

    @property
    def secret_names(self) -> Path:
        """The list of the names, and nothing more, of what the keyring keeps for us."""
        return self.data / "secret-names.json"

    @property
    def lock(self) -> Path:
        """The file that the one running instance holds."""
        return self.data / "traybeat.lock"


def locate(config: str | None, data: str | None, environ: Mapping[str, str]) -> Paths:
    """Find the directories; the command line wins over the environment, and that over the platform.

    With a data directory of its own, an instance keeps its log there too.
    """
    import platformdirs

    config = config or environ.get("TRAYBEAT_CONFIG_DIR")
    data = data or environ.get("TRAYBEAT_DATA_DIR")
    dirs = platformdirs.PlatformDirs("traybeat", appauthor=False)
    data_path = Path(data or dirs.user_data_dir).expanduser().absolute()
    return Paths(
        config=Path(config or dirs.user_config_dir).expanduser().absolute(),
        data=data_path,
        log_directory=data_path if data else Path(dirs.user_log_dir),
        runtime=_runtime(dirs),
        options=_options(config, data),
    )


def _options(config: str | None, data: str | None) -> tuple[str, ...]:
    named = (("--config", config), ("--data", data))
    return tuple(part for option, path in named if path for part in (option, str(Path(path).expanduser().absolute())))


def _runtime(dirs: "PlatformDirs") -> Path:
    with warnings.catch_warnings():
        # Without a login session there is no runtime directory: its stand-in is checked before it is used.
        warnings.simplefilter("ignore")
        return Path(dirs.user_runtime_dir)
