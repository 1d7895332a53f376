"""网格调整: grids are split, merged or drawn anew, and that is undone."""
