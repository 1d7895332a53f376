"""Erasures as the house knows them."""

from sqlalchemy import select

from services.registry.erasures.api import router
from services.registry.erasures.consumers import answered
from services.registry.erasures.domain import SERVICES, ErasureGround, ErasureOrigin, ErasurePending, ErasureRefusal
from services.registry.erasures.models import Erasure
from services.registry.erasures.schedules import ERASURES
from services.registry.erasures.service.reads import restate
from shared.contracts.erasure_answers import ANSWER
from shared.contracts.registry.erasures import ErasureStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="erasures",
    about="清除：原居民的个人信息在各服务中不可恢复地清除。 Erasing of former residents' personal values everywhere",
    states={"registry.erasure": Restatement(restate, select(Erasure.id))},
    routes=tuple(Route(f"{service}.{ANSWER}", answered) for service in SERVICES[1:]),
    schedules=(ERASURES,),
    constraints={"uq_erasures_open": ErasurePending},
    code_lists=(
        published("erasure_statuses", "清除申请状态", ErasureStatus),
        published("erasure_grounds", "清除理由", ErasureGround),
        published("erasure_refusals", "不予清除原因", ErasureRefusal),
        published("erasure_origins", "清除申请提出方式", ErasureOrigin),
    ),
)
