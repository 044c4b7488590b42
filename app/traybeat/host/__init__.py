"""Floor 2: the operating system, behind small protocols."""
