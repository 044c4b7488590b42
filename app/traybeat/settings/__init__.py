"""Floor 3: reads, checks and watches the settings."""
