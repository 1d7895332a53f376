"""Use cases of contacts of tags."""
