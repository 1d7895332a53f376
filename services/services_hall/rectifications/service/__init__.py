"""Use cases of rectifications."""
