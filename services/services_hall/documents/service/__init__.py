"""Use cases of documents (办件文书)."""
