"""Use cases of facilities."""
