"""Queries on warning rules, on cases that are to be warned about, and on warnings."""
