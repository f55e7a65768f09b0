"""What an event changes in a state, noun by noun; `release.apply` says which event is whose."""
