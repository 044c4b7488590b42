"""The tray on Linux: StatusNotifierItem and its menu, on the session's D-Bus."""
