"""名单来件: lists that departments deliver and what they are answered."""
