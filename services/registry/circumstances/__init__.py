"""居民情况: what holds of a person from a day to a day, with its last verification."""
