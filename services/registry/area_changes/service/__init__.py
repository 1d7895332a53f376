"""Use cases of changes of areas (区划调整)."""
