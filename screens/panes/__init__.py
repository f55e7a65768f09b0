"""What each pane of the flight screen shows: pure functions from a view to rows."""
