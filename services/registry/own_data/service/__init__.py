"""Use cases of own data."""
