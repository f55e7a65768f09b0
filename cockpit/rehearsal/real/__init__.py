"""Hosts of a rehearsal that are reached like real ones: an SSH server each, on loopback, in the engine's process."""
