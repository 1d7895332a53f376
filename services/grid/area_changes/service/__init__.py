"""Use cases that follow changes of areas (区划调整): grids first, then units and incidents."""
