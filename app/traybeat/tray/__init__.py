"""The icon in the tray: what it shows, its menu, and the systems' ways to show both."""
