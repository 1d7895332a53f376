"""Bodies and views of items (事项)."""
