"""Occupancies as the house knows them."""

from sqlalchemy import select

from services.registry.occupancies.api import router
from services.registry.occupancies.domain import OccupancyOverlaps
from services.registry.occupancies.models import Occupancy
from services.registry.occupancies.service.occupancies import restate
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="occupancies",
    about="住房关系：谁拥有、承租、居住在哪套房屋。 Who owns, rents or lives in a dwelling",
    states={"registry.occupancy": Restatement(restate, select(Occupancy.id))},
    constraints={"uq_occupancies_person": OccupancyOverlaps, "uq_occupancies_household": OccupancyOverlaps},
    code_lists=(
        published("occupancy_roles", "住房关系", OccupancyRole),
        published("occupancy_statuses", "住房关系状态", OccupancyStatus),
    ),
)
