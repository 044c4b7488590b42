"""glibc's allocator, told that this is one small process and not a server with a core for every thread."""

from collections.abc import Callable

_M_ARENA_MAX = -8  # malloc.h


def restrain() -> Callable[[], None]:
    """Make all threads share one arena, and give a call that hands free memory back; neither does harm elsewhere.

    By default every thread gets an arena, and what is freed in one stays there: half a megabyte for a dozen threads
    that hardly allocate. Where the C library is another one, nothing is changed.
    """
    import ctypes

    try:
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 1)
        trim = library.malloc_trim
    except (OSError, AttributeError):
        return _nothing
    return lambda: trim(0)


def _nothing() -> None:
    """Do nothing: this C library has no such call."""
