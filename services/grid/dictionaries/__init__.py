"""事件字典: categories, limits and hours of work."""
