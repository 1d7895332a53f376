"""Rectifications as the house knows them."""

from sqlalchemy import select

from services.services_hall.rectifications.api import router
from services.services_hall.rectifications.consumers import areas_changed, calendar_set
from services.services_hall.rectifications.domain import (
    AppealReason,
    RectificationAction,
    RectificationResult,
    ReopenReason,
)
from services.services_hall.rectifications.models import Rectification
from services.services_hall.rectifications.service.rectifying import restate
from shared.contracts.services_hall.rectifications import CallOutcome, RectificationStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="rectifications",
    about="差评整改：回访、限期整改、申诉复核。 What is done about low ratings: called back, put right, appealed",
    states={"services_hall.rectification": Restatement(restate, select(Rectification.id))},
    routes=(Route("registry.calendar", calendar_set), Route("registry.area_change", areas_changed)),
    code_lists=(
        published("rectification_actions", "整改操作", RectificationAction),
        published("rectification_appeal_reasons", "申诉理由", AppealReason),
        published("rectification_call_outcomes", "差评回访结果", CallOutcome),
        published("rectification_reopen_reasons", "重新整改理由", ReopenReason),
        published("rectification_results", "整改结果", RectificationResult),
        published("rectification_statuses", "整改状态", RectificationStatus),
    ),
)
