"""网格: polygons of 15 digits."""
