"""Ledgers (台账) of this service: the definitions that ship, and what the service knows for their records."""
