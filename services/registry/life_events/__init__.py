"""人口事项: what happened to a person's belonging, and what follows from it."""
