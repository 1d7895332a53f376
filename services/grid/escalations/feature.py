"""Escalations as the house knows them."""

from sqlalchemy import select

from services.grid.escalations.api import router
from services.grid.escalations.models import Escalation
from services.grid.escalations.schedules import SWEEP
from services.grid.escalations.service import restate
from shared.contracts.grid.escalations import EscalationStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="escalations",
    states={"grid.escalation": Restatement(restate, select(Escalation.id))},
    schedules=(SWEEP,),
    code_lists=(published("escalation_statuses", "事件升级状态", EscalationStatus),),
)
