"""区划: the tree of administrative areas."""
