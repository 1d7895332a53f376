"""办件: from submission to decision."""
