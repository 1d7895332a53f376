"""居民底册: the register of residents."""
