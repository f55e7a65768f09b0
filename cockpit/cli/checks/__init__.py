"""What `cockpit doctor` checks, a module a sort. Each check has a deadline and gives findings, never an error."""
