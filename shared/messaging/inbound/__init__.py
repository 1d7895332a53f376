"""Inbound events of county systems: each validated, deduplicated and answered on its own."""
