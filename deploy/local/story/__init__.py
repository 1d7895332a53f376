"""End-to-end demonstration over HTTP (`make demo`): a household and a campaign, through all four services."""
