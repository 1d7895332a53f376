"""Cases as the house knows them."""

from sqlalchemy import select

from services.services_hall.cases.api import router
from services.services_hall.cases.consumers import areas_changed, calendar_set
from services.services_hall.cases.domain import DenialReason, ExtractUsed, RefusalReason
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.reads import restate
from shared.contracts.services_hall.cases import CaseStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="cases",
    about="办件：从提交到决定。 From submission to decision",
    constraints={"uq_applicants_extract_id": ExtractUsed},
    states={"services_hall.case": Restatement(restate, select(Case.id))},
    routes=(
        Route("registry.area"),
        Route("registry.area_change", areas_changed),
        Route("registry.calendar", calendar_set),
        Route("registry.person"),
    ),
    code_lists=(
        published("case_statuses", "办件状态", CaseStatus),
        published("case_refusal_reasons", "不予受理理由", RefusalReason),
        published("case_denial_reasons", "不予许可理由", DenialReason),
    ),
)
