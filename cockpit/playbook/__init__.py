"""YAML to a frozen plan."""
