"""Use cases of changes of grids."""
