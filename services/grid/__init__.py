"""网格化: grids, incidents and visits."""
