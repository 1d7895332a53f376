"""Lists of departments as the house knows them."""

from sqlalchemy import select

from services.registry.inbound_lists.api import router
from services.registry.inbound_lists.models import ListOutcome
from services.registry.inbound_lists.service.outcomes import restate
from shared.contracts.county.answers import InboundStatus
from shared.contracts.registry.list_outcomes import RowResult
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="inbound",
    about="名单来件：各部门送来的名单，及其加密公钥。 Lists that departments sent in, and the keys they encrypt to",
    states={"registry.list_outcome": Restatement(restate, select(ListOutcome.id))},
    code_lists=(
        published("list_outcome_statuses", "名单结果", InboundStatus),
        published("list_row_results", "名单行结果", RowResult),
    ),
)
