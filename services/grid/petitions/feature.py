"""Petitions as the house knows them."""

from sqlalchemy import select

from services.grid.petitions.api import handling, petitions
from services.grid.petitions.domain import codes
from services.grid.petitions.models import Petition
from services.grid.petitions.service.reads import restate
from shared.contracts.grid.petitions import PetitionStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=petitions.router,
    tag="petitions",
    about="信访：登记、受理、交办、答复、复查、复核，按法定期限。 Petitions, within the limits of the law",
    states={"grid.petition": Restatement(restate, select(Petition.id))},
    code_lists=(
        published("petition_statuses", "信访状态", PetitionStatus),
        published("petition_forms", "信访形式", codes.PetitionForm),
        published("petition_matters", "信访事项类别", codes.PetitionMatter),
        published("petition_outcomes", "信访处理意见", codes.PetitionOutcome),
        published("petition_review_results", "复查、复核意见", codes.ReviewResult),
        published("petition_refusals", "信访不予受理、转送理由", codes.PetitionRefusal),
        published("petition_withdrawals", "信访撤回理由", codes.PetitionWithdrawal),
        published("petition_steps", "信访办理环节", codes.PetitionStep),
    ),
)
HANDLING = Feature(router=handling.router, tag="petitions")
