"""Floor 3: the collectors, one self-contained file each. docs/development.md says how to add one."""
