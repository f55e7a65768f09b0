"""What is wrong with a scenario that its model alone cannot tell: it and the plan do not go together."""
