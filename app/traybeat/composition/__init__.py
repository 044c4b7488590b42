"""How the program is put together, by what is put together; `main.py` is the last of it."""
