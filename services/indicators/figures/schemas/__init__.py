"""Bodies of figures."""
