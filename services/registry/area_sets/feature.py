"""Area sets as the house knows them."""

from sqlalchemy import select

from services.registry.area_sets.api import router
from services.registry.area_sets.domain import AreaSetStep
from services.registry.area_sets.models import AreaSet
from services.registry.area_sets.service.reads import restate
from shared.contracts.registry.area_sets import AreaSetKind, AreaSetStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="area_sets",
    about="片区：服务社区、联合服务中心片区、示范线等，与区划并行。 Dated sets of villages or grids beside the tree",
    states={"registry.area_set": Restatement(restate, select(AreaSet.id))},
    code_lists=(
        published("area_set_kinds", "片区类别", AreaSetKind),
        published("area_set_statuses", "片区状态", AreaSetStatus),
        published("area_set_steps", "片区办理", AreaSetStep),
    ),
)
