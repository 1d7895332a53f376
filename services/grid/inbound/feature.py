"""Requests of county systems as the house knows them."""

from sqlalchemy import select

from services.grid.inbound.api import router
from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.service.outcomes import restate
from shared.contracts.county.answers import InboundStatus
from shared.contracts.county.requests import RequestOrigin
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="inbound",
    about="县级来件：县里系统送来的事件，及其加密公钥。 What county systems sent in, and the keys they encrypt to",
    states={"grid.inbound_outcome": Restatement(restate, select(InboundOutcome.id))},
    code_lists=(
        published("inbound_statuses", "来件结果", InboundStatus),
        published("request_origins", "来件渠道", RequestOrigin),
    ),
)
