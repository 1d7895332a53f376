"""Satisfaction calls as the house knows them."""

from sqlalchemy import select

from services.grid.satisfaction_calls.api import router
from services.grid.satisfaction_calls.models import SatisfactionCall
from services.grid.satisfaction_calls.service import restate
from shared.contracts.grid.satisfaction_calls import SatisfactionCallStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.reference.satisfaction import Satisfaction

FEATURE = Feature(
    router=router,
    tag="satisfaction-calls",
    about="满意度回访：结案后回访上报人。 Whoever reported an incident is asked how satisfied they are",
    states={"grid.satisfaction_call": Restatement(restate, select(SatisfactionCall.id))},
    code_lists=(
        published("satisfaction_call_statuses", "满意度回访状态", SatisfactionCallStatus),
        published("satisfaction_ratings", "满意度等级", Satisfaction),
    ),
)
