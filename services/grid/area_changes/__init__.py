"""区划调整: what follows in grid when registry changes areas."""
