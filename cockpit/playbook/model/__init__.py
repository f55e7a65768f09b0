"""What a playbook may say: the one declaration that checks, JSON Schema and reference come from."""
