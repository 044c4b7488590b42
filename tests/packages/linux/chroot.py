"""A Linux of its own in a directory, as debootstrap makes it; and somebody who uses it."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "build" / "chroots"
NAME, NUMBER = "ann", 1000
_ENTER = """\
set -e
mount --bind /proc "$0/proc"; mount --bind /sys "$0/sys"; mount --rbind /dev "$0/dev"; mount --bind /tmp "$0/tmp"
mount --bind "$1" "$0/var/cache/apt/archives"
shift
exec chroot "$0" "$@"
"""
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def bootstrapped() -> Path:
    """Give an archive of the distribution that this machine runs, and nothing beyond what it can't do without."""
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    archive = CACHE / f"{codename}.tar"
    if not archive.exists():
        place = CACHE / codename
        shutil.rmtree(place, ignore_errors=True)
        _do("debootstrap", "--variant=minbase", codename, place, _mirror(codename))
        beside = archive.with_suffix(".new")
        _do("tar", "-C", place, "-cf", beside, ".")
        beside.rename(archive)
        shutil.rmtree(place)
    return archive


def _mirror(codename: str) -> str:
    told = _do("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages")
    return next(line.split()[1] for line in told.splitlines() if line.split()[0] == codename)


def _do(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


class Chroot:
    """One such Linux. Every command sees its mounts alone, so that nothing is left mounted."""

    def __init__(self, root: Path, archives: Path) -> None:
        self.root = root
        self._archives = archives
        root.mkdir(parents=True)
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        _do("tar", "-C", root, "-xf", bootstrapped())
        for name in ("resolv.conf", "hosts"):
            shutil.copy(Path("/etc", name), root / "etc" / name)
        (root / "etc/apt/sources.list").unlink(missing_ok=True)
        for source in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.sources")):
            if source.exists():
                shutil.copy(source, root / source.relative_to("/"))
        self.run("apt-get", "update")
        self.run("useradd", "--create-home", "--uid", str(NUMBER), NAME)
        self.runtime = root / f"run/user/{NUMBER}"
        self.runtime.mkdir(parents=True, mode=0o700)
        shutil.chown(self.runtime, NUMBER, NUMBER)

    def command(self, *command: str) -> list[str]:
        return ["unshare", "--mount", "sh", "-c", _ENTER, str(self.root), str(self._archives), *command]

    def run(self, *command: str) -> str:
        """Run a command as root; it must go well."""
        kept = {name: os.environ[name] for name in _PROXIES if name in os.environ}
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            self.command(*command), env=environ | kept, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *what: str) -> None:
        """Install packages by name or by the path of their file, without what they only recommend."""
        options = ("-o", "Dpkg::Options::=--force-unsafe-io", "-y", "--no-install-recommends")
        self.run("apt-get", *options, "install", *what)

    def bring(self, path: Path) -> str:
        """Copy a file in, and give its path there."""
        shutil.copy(path, self.root / "srv")
        return f"/srv/{path.name}"

    def traces(self) -> list[str]:
        """Find what has to do with Traybeat, but for the files of those who use it."""
        found = _do("find", self.root, "-iname", "*traybeat*").splitlines()
        inside = (path.removeprefix(str(self.root)) for path in found)
        return [path for path in inside if not path.startswith(("/home/", "/run/user/", "/srv/", "/var/log/"))]


class Person:
    """Somebody who is no administrator there; in the session that `environ` describes, if in any."""

    def __init__(self, chroot: Chroot, port: int, dashboard: int, environ: Mapping[str, str] | None = None) -> None:
        self.chroot, self.port, self.dashboard = chroot, port, dashboard
        self.home = chroot.root / f"home/{NAME}"
        session = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "NO_AT_BRIDGE", "GTK_A11Y")
        self.environ = {name: value for name, value in (environ or {}).items() if name in session} | {
            "HOME": f"/home/{NAME}",
            "PATH": "/usr/bin:/bin",
            "XDG_RUNTIME_DIR": f"/run/user/{NUMBER}",
            "TRAYBEAT_EXPORTER__PORT": str(port),
            "TRAYBEAT_DASHBOARD__PORT": str(dashboard),
        }

    def _words(self, words: tuple[str, ...], more: Mapping[str, str]) -> list[str]:
        number = str(NUMBER)
        environ = (f"{name}={value}" for name, value in {**self.environ, **more}.items())
        who = ("setpriv", "--reuid", number, "--regid", number, "--clear-groups")
        return self.chroot.command(*who, "env", "-i", *environ, *words)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        words = self._words(("traybeat", *arguments), {})
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def do(self, *arguments: str, value: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        words = self._words(("traybeat", *arguments), environ)
        return subprocess.run(words, input=value, capture_output=True, text=True, check=False, timeout=60)

    def told(self, *arguments: str, **options: Any) -> str:
        """Run a command of the program, which must go well; gives what it says."""
        done = self.do(*arguments, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
