"""Use cases of petitions."""
