"""The hosts of a rehearsal that are reached over SSH."""
