"""Use cases of grids (网格)."""
