"""The dashboard's window: a process of its own with a web view, and the resident's side of it."""
