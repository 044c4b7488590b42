"""The API: what the window, scripts and other programs use."""
