"""Use cases of duplicates: finding, deciding, merging."""
