"""What services_hall (一站式代办) announces."""

from shared.contracts.services_hall import (
    case_effects,
    case_steps,
    case_warnings,
    cases,
    checksums,
    erasure_answers,
    items,
    ledger_postings,
    ledgers,
    packages,
    ratings,
    records,
    rectifications,
)

__all__ = [
    "case_effects",
    "case_steps",
    "case_warnings",
    "cases",
    "checksums",
    "erasure_answers",
    "items",
    "ledger_postings",
    "ledgers",
    "packages",
    "ratings",
    "records",
    "rectifications",
]
