"""The engine: its place, its socket, its supervisor, and what it drives."""
