"""Floor 3: the ways to reach a person or a program, one file each."""
