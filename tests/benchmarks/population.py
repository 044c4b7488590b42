"""Keeps a number of processes of distinct names alive, some of them coming and going: NUMBER [CHANGES A SECOND].

Prints a line once all are there; ends, with all of them, when its standard input closes.
"""

import contextlib
import itertools
import os
import select
import signal
import sys

assert sys.platform != "win32"  # forks


def child(number: int) -> int:
    """Fork a process that has a name of its own and waits."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with open("/proc/self/comm", "w") as comm:  # noqa: PTH123 (nothing more is imported into ten thousand processes)
            comm.write(f"worker-{number}")
        while True:
            signal.pause()
    return pid


def main() -> None:
    """Fork, change, and clear up."""
    number, changes = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    names = itertools.count()
    pids = [child(next(names)) for _ in range(number)]
    print(number, flush=True)
    try:
        while not select.select([sys.stdin], [], [], 1.0)[0]:
            for place in range(changes):
                os.kill(pids[place], signal.SIGKILL)
                os.waitpid(pids[place], 0)
                pids.append(child(next(names)))
            del pids[:changes]
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
