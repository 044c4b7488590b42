"""History: what was measured, kept for thirty days in a few megabytes of SQLite."""
