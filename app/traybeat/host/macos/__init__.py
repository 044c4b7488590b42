"""The operating system's own ways on macOS."""
