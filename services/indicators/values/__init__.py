"""公布数值: the figures that are announced."""
