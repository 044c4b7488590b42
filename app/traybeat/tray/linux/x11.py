"""A connection to the X server, by python-xlib: without a toolkit, which would end the program when the server goes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

TRUE_COLOUR = 24
"""Bits of a pixel without transparency; with it 32. Others are those of museums."""
_MOST_BYTES = 200_000  # a request holds 262,140 bytes at most


@contextmanager
def opened(name: str, *, extensions: bool = False) -> Iterator[Any]:
    """Connect to the display of that name. Whatever goes wrong with the connection, then or later, is an OSError.

    Extensions are twelve modules that stay in memory; only what asks the screens for their places needs them.
    """
    from Xlib import display, error, ext

    known = ext.__extensions__
    connection = None
    try:
        ext.__extensions__ = known if extensions else []
        connection = display.Display(name)
        connection.set_error_handler(lambda *_: None)  # what is answered without being asked for: windows that are gone
        yield connection
    except (error.ConnectionClosedError, error.DisplayError, error.XauthError, error.XNoAuthError) as lost:
        raise OSError(f"no X server: {lost}") from None
    finally:
        ext.__extensions__ = known
        if connection is not None:
            with suppress(error.ConnectionClosedError, OSError):
                connection.close()


def paint(window: Any, context: Any, picture: Any, x: int, y: int, depth: int, *, little: bool) -> None:
    """Put a picture (RGBA, its colours multiplied by alpha where the window has any) at a place of a window."""
    from PIL import Image

    red, green, blue, alpha = picture.split()
    width, height = picture.size
    planes = (blue, green, red, alpha) if little else (alpha, red, green, blue)
    data = Image.merge("RGBA", planes).tobytes()
    step = max(1, _MOST_BYTES // (4 * width))
    for top in range(0, height, step):
        lines = min(step, height - top)
        part = data[4 * width * top : 4 * width * (top + lines)]
        window.put_image(context, x, y + top, width, lines, 2, depth, 0, part)  # 2: ZPixmap


def little_endian(display: Any) -> bool:
    """Say in which order the server wants the bytes of a pixel."""
    return bool(display.display.info.image_byte_order == 0)
