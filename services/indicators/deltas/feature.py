"""Deltas as the house knows them: every state that a figure counts is followed, and the tree they are counted in."""

from services.indicators.contributions.domain.ledger_postings import NOUNS as POSTINGS
from services.indicators.contributions.domain.records import NOUNS as RECORDS
from services.indicators.deltas.schedules import COUNT_BY_NEW_RULES
from services.indicators.deltas.service import alone, count, uncount
from shared.feature import Feature
from shared.messaging.projection.routes import Route

COUNTED = (
    "registry.area",
    "registry.area_set",
    "grid.grid",
    "registry.person",
    "registry.posting",
    "registry.household",
    "registry.tag",
    "registry.restricted_tag",
    "registry.organisation",
    "registry.facility",
    "registry.building",
    "registry.dwelling",
    "registry.marriage",
    "registry.transfer",
    "registry.correction",
    "registry.consent_count",
    "services_hall.case",
    "services_hall.matter",
    "services_hall.agent",
    "services_hall.agency",
    "services_hall.original",
    "services_hall.rating",
    "services_hall.rectification",
    "grid.incident",
    "grid.visit",
    "grid.restricted_visit",
    *RECORDS,
    *POSTINGS,
)
"""The nouns whose states figures count."""

FEATURE = Feature(
    routes=tuple(Route(noun, count, uncount, alone) for noun in COUNTED),
    schedules=(COUNT_BY_NEW_RULES,),
)
