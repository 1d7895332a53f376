"""Use cases of dwellings (房屋)."""
