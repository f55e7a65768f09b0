"""Rules over a whole playbook."""
