"""What a journal and its stores tell of a release, as parts of a scenario."""
