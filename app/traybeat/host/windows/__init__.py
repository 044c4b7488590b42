"""What is Windows' own."""
