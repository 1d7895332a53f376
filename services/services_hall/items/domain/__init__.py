"""Rules of items (事项)."""
