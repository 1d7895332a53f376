"""Use cases of inbound lists."""
