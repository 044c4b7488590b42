"""Readings from Linux's own files: cheaper than the portable way, and node_exporter's values to the digit."""
