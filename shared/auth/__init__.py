"""Who calls, what the caller may do and where, and what was looked at."""
