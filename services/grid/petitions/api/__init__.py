"""Petitions over HTTP."""
