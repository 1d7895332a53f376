"""Incidents as the house knows them."""

from sqlalchemy import select

from services.grid.incidents.api import filing, handling, incidents, joint, leaves
from services.grid.incidents.consumers import calendar_set
from services.grid.incidents.domain import codes
from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.models import Incident
from services.grid.incidents.service.records import restate
from shared.auth.access_log import Purpose
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.severity import Severity
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=incidents.router,
    tag="incidents",
    about="事件：上报、派遣、处置、核查。 Problems found, dispatched, fixed, checked",
    states={"grid.incident": Restatement(restate, select(Incident.id))},
    routes=(Route("registry.calendar", calendar_set),),
    code_lists=(
        published("incident_statuses", "事件状态", IncidentStatus),
        published("incident_sources", "事件来源", codes.Source),
        published("incident_steps", "事件办理环节", Step),
        published("incident_filing_grounds", "立案依据", codes.FilingGround),
        published("incident_rejection_reasons", "不予立案理由", codes.RejectionReason),
        published("incident_return_reasons", "退单理由", codes.ReturnReason),
        published("incident_deferral_reasons", "缓办理由", codes.DeferralReason),
        published("incident_results", "处置结果", codes.HandlingResult),
        published("incident_rework_reasons", "核查不通过理由", codes.ReworkReason),
        published("incident_transfer_reasons", "上报、下交理由", codes.TransferReason),
        published("incident_reopen_reasons", "重新立案理由", codes.ReopenReason),
        published("incident_undo_reasons", "撤销理由", codes.IncidentUndoReason),
        published("incident_leave_kinds", "缓办、挂起申请", codes.LeaveKind),
        published("incident_leave_refusals", "不同意缓办、挂起理由", codes.LeaveRefusal),
        published("incident_levels", "承办层级", codes.IncidentLevel),
        published("incident_order_statuses", "协办单状态", codes.OrderStatus),
        published("severities", "事件等级", Severity),
        published("purposes", "用途", Purpose),
    ),
)
FILING = Feature(router=filing.router, tag="incidents")
HANDLING = Feature(router=handling.router, tag="incidents")
LEAVES = Feature(router=leaves.router, tag="incidents")
JOINT = Feature(router=joint.router, tag="incidents")
