"""The API: what the window, scripts and other programs use."""

from traybeat.host.lean import STARLETTE, without

with without(*STARLETTE):
    import starlette.requests  # noqa: F401 (whatever of Starlette comes later finds the rest already there)
