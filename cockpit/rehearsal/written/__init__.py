"""The file of a scenario: its model, its rules, and what it comes to for one plan."""
