"""Duties of towns (履职事项清单)."""
