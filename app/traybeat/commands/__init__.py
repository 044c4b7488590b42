"""Floor 6: the commands of the command line, one file each."""
