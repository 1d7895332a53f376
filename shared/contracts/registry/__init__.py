"""What registry (居民底册) announces. Nothing here names a person: ids, codes, months and dates only."""

from shared.contracts.registry import (
    areas,
    buildings,
    calendar,
    circumstances,
    corrections,
    dwellings,
    households,
    ledger_postings,
    ledgers,
    marriages,
    occupancies,
    persons,
    postings,
    records,
    tags,
    transfers,
)

__all__ = [
    "areas",
    "buildings",
    "calendar",
    "circumstances",
    "corrections",
    "dwellings",
    "households",
    "ledger_postings",
    "ledgers",
    "marriages",
    "occupancies",
    "persons",
    "postings",
    "records",
    "tags",
    "transfers",
]
