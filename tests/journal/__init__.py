"""The journal and the output store."""
