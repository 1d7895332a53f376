"""Bodies and views of cases (办件)."""
