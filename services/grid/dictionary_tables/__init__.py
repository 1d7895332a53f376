"""事件字典表: the limits of the dictionary as a table, taken out and taken in."""
