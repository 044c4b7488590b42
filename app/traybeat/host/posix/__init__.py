"""What Linux, macOS and their kin have in common."""
