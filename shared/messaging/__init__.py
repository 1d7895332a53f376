"""Outbox, relay, projection and consumer runner."""
