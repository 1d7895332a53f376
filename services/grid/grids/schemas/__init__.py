"""Bodies of grids (网格)."""
