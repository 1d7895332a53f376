"""统计规则: by which rules of definitions the consumer counts, and how far each has come with what is held."""
