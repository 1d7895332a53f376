"""Changes of grids as the house knows them."""

from services.grid.grid_changes.api import router
from services.grid.grid_changes.domain import GridChangeKind, GridChangeStatus
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="grid-changes",
    about="网格调整：拆分、合并、重划边界和撤销。 Split, merge and redraw grids, and undo it",
    code_lists=(
        published("grid_change_kinds", "网格调整方式", GridChangeKind),
        published("grid_change_statuses", "网格调整状态", GridChangeStatus),
    ),
)
