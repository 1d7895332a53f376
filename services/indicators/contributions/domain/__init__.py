"""What a figure counts, as a pure function of one state: one file per noun of another service."""

from services.indicators.contributions.domain.base import CONTRIBUTIONS, Contribution, contributions_of
from services.indicators.contributions.domain.cases import cases
from services.indicators.contributions.domain.facilities import facilities
from services.indicators.contributions.domain.households import households
from services.indicators.contributions.domain.incidents import incidents
from services.indicators.contributions.domain.ledger_postings import ledger_postings
from services.indicators.contributions.domain.organisations import organisations
from services.indicators.contributions.domain.persons import persons
from services.indicators.contributions.domain.postings import postings
from services.indicators.contributions.domain.records import records
from services.indicators.contributions.domain.tags import tags
from services.indicators.contributions.domain.visits import visits

__all__ = [
    "CONTRIBUTIONS",
    "Contribution",
    "cases",
    "contributions_of",
    "facilities",
    "households",
    "incidents",
    "ledger_postings",
    "organisations",
    "persons",
    "postings",
    "records",
    "tags",
    "visits",
]
