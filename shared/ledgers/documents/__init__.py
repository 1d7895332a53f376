"""Typed documents of ledgers: one OpenAPI document for each version, out of the service's own."""
