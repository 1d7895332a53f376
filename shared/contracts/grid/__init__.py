"""What grid (网格化) announces."""

from shared.contracts.grid import (
    erasure_answers,
    grids,
    inbound_outcomes,
    incidents,
    ledger_postings,
    ledgers,
    records,
    residence_proposals,
    visits,
)

__all__ = [
    "erasure_answers",
    "grids",
    "inbound_outcomes",
    "incidents",
    "ledger_postings",
    "ledgers",
    "records",
    "residence_proposals",
    "visits",
]
