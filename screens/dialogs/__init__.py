"""What is asked before something is done: one screen over another for each decision."""
