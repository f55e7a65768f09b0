"""After a release: what its journal alone tells of it."""
