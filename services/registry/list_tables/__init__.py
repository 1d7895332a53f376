"""名单表格: departments' lists that a clerk hands in as a table, by the same rules as those on the bus."""
