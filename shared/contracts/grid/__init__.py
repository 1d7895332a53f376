"""What grid (网格化) announces."""

from shared.contracts.grid import (
    checksums,
    erasure_answers,
    escalations,
    grids,
    inbound_outcomes,
    incident_steps,
    incidents,
    ledger_postings,
    ledgers,
    petitions,
    public_reports,
    records,
    residence_proposals,
    satisfaction_calls,
    visits,
)

__all__ = [
    "checksums",
    "erasure_answers",
    "escalations",
    "grids",
    "inbound_outcomes",
    "incident_steps",
    "incidents",
    "ledger_postings",
    "ledgers",
    "petitions",
    "public_reports",
    "records",
    "residence_proposals",
    "satisfaction_calls",
    "visits",
]
