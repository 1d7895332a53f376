"""Deltas as the house knows them: every state that a figure counts is followed, and the tree they are counted in."""

from services.indicators.contributions.domain.ledger_postings import NOUNS as POSTINGS
from services.indicators.contributions.domain.records import NOUNS as RECORDS
from services.indicators.deltas.schedules import COUNT_BY_NEW_RULES
from services.indicators.deltas.service import count, uncount
from shared.feature import Feature
from shared.messaging.projection.routes import Route

FEATURE = Feature(
    routes=(
        Route("registry.area", count, uncount),
        Route("registry.area_set", count, uncount),
        Route("grid.grid", count, uncount),
        Route("registry.person", count, uncount),
        Route("registry.posting", count, uncount),
        Route("registry.household", count, uncount),
        Route("registry.tag", count, uncount),
        Route("registry.restricted_tag", count, uncount),
        Route("registry.organisation", count, uncount),
        Route("registry.facility", count, uncount),
        Route("registry.building", count, uncount),
        Route("registry.dwelling", count, uncount),
        Route("registry.marriage", count, uncount),
        Route("registry.transfer", count, uncount),
        Route("registry.correction", count, uncount),
        Route("services_hall.case", count, uncount),
        Route("services_hall.matter", count, uncount),
        Route("grid.incident", count, uncount),
        Route("grid.visit", count, uncount),
        Route("grid.restricted_visit", count, uncount),
        *(Route(noun, count, uncount) for noun in (*RECORDS, *POSTINGS)),
    ),
    schedules=(COUNT_BY_NEW_RULES,),
)
