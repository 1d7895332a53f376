"""Use cases of circumstances (居民情况)."""
