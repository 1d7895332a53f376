"""Consents over HTTP."""
