"""What registry (居民底册) announces. Nothing here names a person: ids, codes, months and dates only."""

from shared.contracts.registry import (
    areas,
    calendar,
    households,
    ledger_postings,
    ledgers,
    persons,
    postings,
    records,
    tags,
)

__all__ = ["areas", "calendar", "households", "ledger_postings", "ledgers", "persons", "postings", "records", "tags"]
