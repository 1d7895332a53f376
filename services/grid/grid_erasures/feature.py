"""Erasing in grid as the house knows it."""

from services.grid.grid_erasures.api import router
from services.grid.grid_erasures.domain import GridHold
from shared.feature import Feature
from shared.reference.codes import published
from shared.retentions.runs import RunGround, RunOutcome, RunRefusal, RunStatus

FEATURE = Feature(
    router=router,
    tag="grid_erasures",
    about="网格个人信息清除：保存期满或本人请求，按两人决定清除。 Words and contacts, erased by order of two",
    code_lists=(
        published("erasure_grounds", "清除依据", RunGround),
        published("erasure_outcomes", "清除结果", RunOutcome),
        published("erasure_refusals", "不予清除原因", RunRefusal),
        published("erasure_statuses", "清除批次状态", RunStatus),
        published("grid_holds", "网格未了事项", GridHold),
    ),
)
