"""Queries of erasures."""
