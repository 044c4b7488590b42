"""What the resident process may load: memory is the promise, and modules are what it is made of."""

import json
import os
import subprocess
import sys
from pathlib import Path

# Packages beyond the standard library; one more needs to be worth its memory, for everybody, all day.
PACKAGES = {
    "_cffi_backend",
    "_distutils_hack",
    "_yaml",
    "cython_runtime",
    "h11",
    "limits",
    "msgspec",
    "packaging",
    "platformdirs",
    "prometheus_client",
    "psutil",
    "traybeat",
    "typing_extensions",
    "uvicorn",
    "yaml",
}
# Parts of the standard library that are large, and that somebody may import without thinking.
LARGE = {"ctypes.wintypes", "multiprocessing", "pydoc", "smtplib", "tkinter", "unittest", "xml", "xmlrpc"}
# platformdirs finds the user's directories by it.
ON_WINDOWS = {"ctypes.wintypes"} if sys.platform == "win32" else set()
MOST_MODULES = 560
MOST_BYTES = 44_000_000
_LOOK = """
import json, os, signal, sys, threading, time
from traybeat.__main__ import main

class Look(threading.Thread):
    def run(self):
        import urllib.request
        for _ in range(100):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{os.environ['TRAYBEAT_EXPORTER__PORT']}/metrics").read()
                break
            except OSError:
                pass
        import psutil
        print(json.dumps([sorted(sys.modules), psutil.Process().memory_info().rss]), file=sys.stderr)
        if os.name == "nt":  # os.kill would end it on the spot there
            signal.raise_signal(signal.SIGTERM)
        else:
            os.kill(os.getpid(), signal.SIGTERM)

Look(daemon=True).start()
sys.exit(main(["--headless", "--log-level", "error"]))
"""


def look(directory: Path, port: int) -> tuple[list[str], int]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")} | {
        "TRAYBEAT_CONFIG_DIR": str(directory / "config"),
        "TRAYBEAT_DATA_DIR": str(directory / "data"),
        "TRAYBEAT_EXPORTER__PORT": str(port),
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    modules, rss = json.loads(done.stderr.splitlines()[-1])
    return modules, rss


def test_the_resident_process_loads_what_it_needs_and_no_more(tmp_path: Path, free_port: int) -> None:
    look(tmp_path, free_port)  # the first one may have to compile
    modules, rss = look(tmp_path, free_port)
    packages = {name.partition(".")[0] for name in modules if not name.startswith(("__", "_cython_"))}
    assert packages - sys.stdlib_module_names - PACKAGES == set()
    assert LARGE & set(modules) - ON_WINDOWS == set()
    if sys.platform == "linux":  # where the figures were measured
        assert len(modules) < MOST_MODULES
        assert rss < MOST_BYTES
