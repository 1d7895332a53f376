"""Moves of records under test."""
