"""Imports of tables: checked without changing anything, reported by row and column, then taken in by long work."""
