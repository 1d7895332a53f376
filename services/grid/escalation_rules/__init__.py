"""升级规则: when whom an incident that stands still is brought before, as a table."""
