"""Traybeat: a heartbeat of your machine in the tray."""

__version__ = "0.1.0"
