"""Queries that find what may be erased in cases, that erase it, and over the runs."""
