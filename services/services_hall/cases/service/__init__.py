"""Use cases of cases (办件)."""
