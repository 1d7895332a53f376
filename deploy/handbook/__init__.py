"""Operators' handbook (`docs/operations`): its generated pages, and a reader of its commands for the tests."""
