"""Packages and matters over HTTP."""
