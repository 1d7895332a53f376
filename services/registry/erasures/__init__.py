"""清除: a former resident's personal values become unreadable in every service, by decision of two."""
