"""Shipped playbooks, one for each runbook, and what they release or rehearse."""
