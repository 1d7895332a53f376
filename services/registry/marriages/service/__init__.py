"""Use cases of marriages."""
