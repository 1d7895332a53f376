"""Changes of areas as the house knows them."""

from sqlalchemy import select

from services.registry.area_changes.api import router
from services.registry.area_changes.domain import LeftKind
from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.service.announcing import restate
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="areas",
    states={"registry.area_change": Restatement(restate, select(AreaChange.id))},
    code_lists=(
        published("area_change_kinds", "区划调整类别", AreaChangeKind),
        published("area_change_statuses", "区划调整状态", AreaChangeStatus),
        published("left_behind_kinds", "遗留事项种类", LeftKind),
    ),
)
