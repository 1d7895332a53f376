"""Use cases of residence proposals."""
