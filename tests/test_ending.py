"""The main thread hears of every signal, whichever thread it reached."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, threading, time
from traybeat.__main__ import catch

ending = catch()
threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # so that the other thread takes it
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
ending.wait()
print(ending.by)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' signals reach no other thread")
def test_a_signal_that_another_thread_took_ends_the_wait() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=15, check=False)
    assert done.stdout == "SIGTERM\n", done.stderr
