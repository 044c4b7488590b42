"""Readings through psutil: Windows, macOS, and whatever else it knows. What psutil can't tell is left out."""
