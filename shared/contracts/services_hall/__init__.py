"""What services_hall (一站式代办) announces."""

from shared.contracts.services_hall import (
    agencies,
    agents,
    authorisations,
    case_effects,
    case_steps,
    case_warnings,
    cases,
    checksums,
    erasure_answers,
    items,
    ledger_postings,
    ledgers,
    originals,
    packages,
    records,
)

__all__ = [
    "agencies",
    "agents",
    "authorisations",
    "case_effects",
    "case_steps",
    "case_warnings",
    "cases",
    "checksums",
    "erasure_answers",
    "items",
    "ledger_postings",
    "ledgers",
    "originals",
    "packages",
    "records",
]
