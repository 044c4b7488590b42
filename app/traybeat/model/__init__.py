"""Floor 1: values and protocols that cross borders. Standard library only."""
