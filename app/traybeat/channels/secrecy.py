"""Keeps secrets out of what is told to people and to logs."""

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from traybeat.model.text import clean

LONGEST = 300
_SHORTEST = 4


def parts(url: str) -> tuple[str, ...]:
    """Give the parts of a secret address that must not show: the whole, its path, and the long pieces of that."""
    try:
        split = urlsplit(url)
    except ValueError:
        return (url,)
    tail = split.path + (f"?{split.query}" if split.query else "")
    pieces = (piece for piece in split.path.split("/") if len(piece) > 2 * _SHORTEST)
    return (url, split.netloc if "@" in split.netloc else "", tail, *pieces)


def silence(library: str) -> None:
    """Keep a library from logging at all, as it would log addresses."""
    logger = logging.getLogger(library)
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)


def hide(text: str, secrets: Iterable[str]) -> str:
    """Make a text from the other side fit to be shown: cut, harmless, each secret in it replaced by `***`."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, "***")
    return clean(text.strip(), LONGEST)
