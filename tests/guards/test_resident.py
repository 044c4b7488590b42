"""What the resident process may load: memory is the promise, and modules are what it is made of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "keyring", "smtplib", "webview", "ruamel", "pydantic", "fastapi", "cryptography", "numpy", "gi", "requests",
    "sqlalchemy", "unittest", "pydoc", "lib2to3", "tkinter", "xmlrpc", "distutils", "setuptools", "pip",
    "IPython", "hypothesis", "pytest",
}  # fmt: skip
MOST_MODULES = 620
_LOOK = """
import json, sys, threading, time
from traybeat.__main__ import main
class Look(threading.Thread):
    def run(self):
        import urllib.request, os, signal
        for _ in range(100):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{os.environ['TRAYBEAT_EXPORTER__PORT']}/metrics").read()
                break
            except OSError:
                pass
        print(json.dumps(sorted(sys.modules)), file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)
before = set(sys.modules)
Look(daemon=True).start()
main(["--headless", "--log-level", "error"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ends the program by a signal that Windows does not have")
def test_the_resident_process_loads_nothing_heavy(tmp_path: Path, free_port: int) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("COVERAGE", "COV_"))} | {
        "TRAYBEAT_CONFIG_DIR": str(tmp_path / "config"),
        "TRAYBEAT_DATA_DIR": str(tmp_path / "data"),
        "TRAYBEAT_EXPORTER__PORT": str(free_port),
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stderr.splitlines()[-1])
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert len(loaded) < MOST_MODULES
