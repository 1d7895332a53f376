"""What grid (网格化) announces."""

from shared.contracts.grid import (
    checksums,
    erasure_answers,
    grids,
    inbound_outcomes,
    incident_steps,
    incidents,
    ledger_postings,
    ledgers,
    records,
    residence_proposals,
    visits,
)

__all__ = [
    "checksums",
    "erasure_answers",
    "grids",
    "inbound_outcomes",
    "incident_steps",
    "incidents",
    "ledger_postings",
    "ledgers",
    "records",
    "residence_proposals",
    "visits",
]
