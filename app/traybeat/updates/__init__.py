"""Whether there is a newer version: asked for only where the user wants it, and never installed."""
