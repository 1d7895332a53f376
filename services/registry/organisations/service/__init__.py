"""Use cases of organisations."""
