"""Use cases of households (住户)."""
