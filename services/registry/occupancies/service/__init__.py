"""Use cases of occupancies (住房关系)."""
