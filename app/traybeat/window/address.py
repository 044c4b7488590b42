"""Addresses of the dashboard's pages, with the one-time code in the part that a browser never sends."""

import re

from traybeat.model.errors import TraybeatError

_PAGE = re.compile(r"[A-Za-z0-9._~!$'()*+,;=:@%-]+(?:/[A-Za-z0-9._~!$'()*+,;=:@%-]+)*")


class WrongPageError(TraybeatError):
    """What was asked for is no page of the dashboard."""


def clean(page: str) -> str:
    """Give a page's path without slashes around it; raises WrongPageError for what might lead elsewhere."""
    path = page.strip("/")
    if path and (not _PAGE.fullmatch(path) or ".." in path.split("/")):
        raise WrongPageError(f"{page[:80]!r} is no page of the dashboard; try alerts, processes or settings")
    return path


def locate(dashboard: str, page: str, code: str) -> str:
    """Give the address of a page; `page` is empty for the first one."""
    return f"{dashboard.rstrip('/')}/{clean(page)}#code={code}"
