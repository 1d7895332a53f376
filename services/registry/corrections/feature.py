"""Requests for corrections as the house knows them."""

from sqlalchemy import select

from services.registry.corrections.api import router
from services.registry.corrections.domain import CorrectionPending, CorrectionReason, CorrectionRefusal
from services.registry.corrections.models import CorrectionRequest
from services.registry.corrections.schedules import CORRECTIONS
from services.registry.corrections.service.reads import restate
from services.registry.persons.domain import CorrectedField
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="corrections",
    about="更正申请：须经批准的更正，逐级办理。 Requests for corrections that others approve, step by step",
    states={"registry.correction": Restatement(restate, select(CorrectionRequest.id))},
    schedules=(CORRECTIONS,),
    constraints={"uq_corrections_waiting": CorrectionPending},
    code_lists=(
        published("correction_fields", "更正项目", CorrectedField),
        published("correction_reasons", "更正申请原因", CorrectionReason),
        published("correction_refusals", "不批准更正原因", CorrectionRefusal),
        published("correction_statuses", "更正申请状态", CorrectionStatus),
        published("correction_steps", "更正批准步骤", CorrectionStep),
    ),
)
