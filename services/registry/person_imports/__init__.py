"""居民名册: lists of residents that are checked, and taken into the register row by row."""
