"""Judging numbers: series, baselines, rules, error budgets, verdicts with their reasons. Pure."""
