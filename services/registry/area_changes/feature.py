"""Changes of areas as the house knows them."""

from services.registry.area_changes.api import router
from services.registry.area_changes.domain import AreaChangeKind, AreaChangeStatus
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="areas",
    code_lists=(
        published("area_change_kinds", "区划调整类别", AreaChangeKind),
        published("area_change_statuses", "区划调整状态", AreaChangeStatus),
    ),
)
