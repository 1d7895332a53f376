"""恢复: what a service tells its readers after its database was restored from a backup, and the bus is ahead of it."""
