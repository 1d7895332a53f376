"""Deltas as the house knows them: every state that a figure counts is followed, and the tree they are counted in."""

from services.indicators.contributions.domain.ledger_postings import NOUNS as POSTINGS
from services.indicators.contributions.domain.records import NOUNS as RECORDS
from services.indicators.deltas.schedules import COUNT_BY_NEW_RULES
from services.indicators.deltas.service import count
from shared.feature import Feature
from shared.messaging.projection.routes import Route

FEATURE = Feature(
    routes=(
        Route("registry.area", count),
        Route("registry.area_set", count),
        Route("grid.grid", count),
        Route("registry.person", count),
        Route("registry.posting", count),
        Route("registry.household", count),
        Route("registry.tag", count),
        Route("registry.restricted_tag", count),
        Route("registry.organisation", count),
        Route("registry.facility", count),
        Route("registry.building", count),
        Route("registry.dwelling", count),
        Route("registry.marriage", count),
        Route("registry.transfer", count),
        Route("registry.correction", count),
        Route("services_hall.case", count),
        Route("services_hall.matter", count),
        Route("services_hall.rating", count),
        Route("services_hall.rectification", count),
        Route("grid.incident", count),
        Route("grid.visit", count),
        Route("grid.restricted_visit", count),
        *(Route(noun, count) for noun in (*RECORDS, *POSTINGS)),
    ),
    schedules=(COUNT_BY_NEW_RULES,),
)
