"""Use cases of items (事项)."""
