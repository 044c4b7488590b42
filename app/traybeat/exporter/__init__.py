"""Floor 5: what Prometheus scrapes."""
