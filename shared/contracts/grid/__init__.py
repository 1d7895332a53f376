"""What grid (网格化) announces."""

from shared.contracts.grid import grids, inbound_outcomes, incidents, ledgers, records, visits

__all__ = ["grids", "inbound_outcomes", "incidents", "ledgers", "records", "visits"]
