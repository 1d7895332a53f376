"""End-to-end demonstration over HTTP (`make demo`): one household, thirteen steps through all four services."""
