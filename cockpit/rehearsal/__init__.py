"""Practising a release: the engine and everything in it are real, and what it meets is played."""
