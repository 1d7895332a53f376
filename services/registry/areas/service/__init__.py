"""Use cases of areas (区划)."""
