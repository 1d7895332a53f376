"""The chart's own tools: its schema, its page, its helm."""
