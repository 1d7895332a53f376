"""What grid (网格化) announces."""

from shared.contracts.grid import grids, inbound_outcomes, incidents, ledger_postings, ledgers, records, visits

__all__ = ["grids", "inbound_outcomes", "incidents", "ledger_postings", "ledgers", "records", "visits"]
