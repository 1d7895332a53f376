"""Use cases of reversals."""
