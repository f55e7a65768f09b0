"""What a shell command does with values, found by parsing it."""
