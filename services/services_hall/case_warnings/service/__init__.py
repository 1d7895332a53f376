"""Use cases of warning rules and warnings."""
