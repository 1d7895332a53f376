"""Rules of circumstances (居民情况)."""
