"""Worklists over HTTP."""
