"""Floor 4: what makes the parts work together."""
