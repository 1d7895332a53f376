"""Use cases of worklists."""
