"""Effects of cases as the house knows them."""

from sqlalchemy import select

from services.services_hall.case_effects.consumers import answered
from services.services_hall.case_effects.domain import EffectDay, EffectPlace
from services.services_hall.case_effects.models import CaseEffect
from services.services_hall.case_effects.service import restate
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    states={"services_hall.case_effect": Restatement(restate, select(CaseEffect.id))},
    routes=(Route("registry.case_effect_answer", answered),),
    code_lists=(
        published("case_effect_kinds", "办件登记事项", CaseEffectKind),
        published("case_effect_places", "登记地来源", EffectPlace),
        published("case_effect_days", "登记起始日来源", EffectDay),
        published("effect_statuses", "跨服务办理状态", EffectStatus),
    ),
)
