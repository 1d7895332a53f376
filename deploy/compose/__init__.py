"""Secrets, database set-up and reverse proxy of `deploy/compose.yaml`."""
