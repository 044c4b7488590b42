"""What a program without a console has to say when it fails is said in a dialog: nobody would see it elsewhere."""

import io
import sys
from collections.abc import Callable

LONGEST = 2000
_ERROR_IN_FRONT = 0x10 | 0x10000
"""MB_ICONERROR | MB_SETFOREGROUND"""


class Complaints(io.TextIOBase):
    """Remembers the end of what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def writable(self) -> bool:
        """Say that it takes text."""
        return True

    def write(self, text: str, /) -> int:
        """Remember."""
        self.text = (self.text + text)[-LONGEST:]
        return len(text)


def outspoken(run: Callable[[], int], show: Callable[[str], None] | None = None) -> int:
    """Run with a standard error stream, and `show` what was written to it if that fails; gives the exit code."""
    complaints = Complaints()
    before, sys.stderr = sys.stderr, complaints
    code: object = 1
    try:
        code = run()
    except SystemExit as ended:  # argparse's way
        code = 0 if ended.code is None else ended.code
    finally:
        sys.stderr = before
    if code != 0 and complaints.text.strip():
        (show or _message_box)(complaints.text.strip())
    return code if isinstance(code, int) else 1


def _message_box(text: str) -> None:
    import ctypes

    ctypes.windll.user32.MessageBoxW(None, text, "Traybeat", _ERROR_IN_FRONT)  # type: ignore[attr-defined, unused-ignore]
