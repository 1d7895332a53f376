"""Households over HTTP."""
