"""Incidents as the house knows them."""

from sqlalchemy import select

from services.grid.incidents.api import router
from services.grid.incidents.consumers import calendar_set
from services.grid.incidents.domain import (
    DeferralReason,
    FilingGround,
    HandlingResult,
    RejectionReason,
    ReturnReason,
    ReworkReason,
    Source,
    Step,
)
from services.grid.incidents.models import Incident
from services.grid.incidents.service.records import restate
from shared.auth.access_log import Purpose
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.severity import Severity
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="incidents",
    about="事件：上报、派遣、处置、核查。 Problems found, dispatched, fixed, checked",
    states={"grid.incident": Restatement(restate, select(Incident.id))},
    routes=(Route("registry.calendar", calendar_set),),
    code_lists=(
        published("incident_statuses", "事件状态", IncidentStatus),
        published("incident_sources", "事件来源", Source),
        published("incident_steps", "事件办理环节", Step),
        published("incident_filing_grounds", "立案依据", FilingGround),
        published("incident_rejection_reasons", "不予立案理由", RejectionReason),
        published("incident_return_reasons", "退单理由", ReturnReason),
        published("incident_deferral_reasons", "缓办理由", DeferralReason),
        published("incident_results", "处置结果", HandlingResult),
        published("incident_rework_reasons", "核查不通过理由", ReworkReason),
        published("severities", "事件等级", Severity),
        published("purposes", "用途", Purpose),
    ),
)
