"""Ledgers (台账): registers that are data. A ledger is a definition; one engine gives each what a noun has."""
