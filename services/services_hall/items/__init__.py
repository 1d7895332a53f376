"""事项: what can be applied for."""
