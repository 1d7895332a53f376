"""Statuses, transitions, rules and errors: pure Python."""
