"""Marriages as the house knows them."""

from sqlalchemy import select

from services.registry.marriages.api import router
from services.registry.marriages.domain import MarriageStep, SettlementKind
from services.registry.marriages.models import Marriage
from services.registry.marriages.service.marriages import restate
from shared.contracts.registry.marriages import MarriageStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="marriages",
    about="婚姻：结婚、离婚及户内安排。 Marriages, divorces and what they change in households",
    states={"registry.marriage": Restatement(restate, select(Marriage.id))},
    code_lists=(
        published("marriage_settlements", "婚姻引起的户内变更", SettlementKind),
        published("marriage_statuses", "婚姻登记状态", MarriageStatus),
        published("marriage_steps", "婚姻登记经过", MarriageStep),
    ),
)
