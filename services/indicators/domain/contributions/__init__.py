"""What a figure counts, as a pure function of one state: one file per noun of another service."""

from services.indicators.domain.contributions.base import CONTRIBUTIONS, Contribution, contributions_of
from services.indicators.domain.contributions.cases import cases
from services.indicators.domain.contributions.households import households
from services.indicators.domain.contributions.incidents import incidents
from services.indicators.domain.contributions.persons import persons
from services.indicators.domain.contributions.postings import postings
from services.indicators.domain.contributions.tags import tags
from services.indicators.domain.contributions.visits import visits

__all__ = [
    "CONTRIBUTIONS",
    "Contribution",
    "cases",
    "contributions_of",
    "households",
    "incidents",
    "persons",
    "postings",
    "tags",
    "visits",
]
