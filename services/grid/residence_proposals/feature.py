"""Residence proposals as the house knows them."""

from sqlalchemy import select

from services.grid.residence_proposals.api import router
from services.grid.residence_proposals.consumers import answered, persons_changed
from services.grid.residence_proposals.models import ResidenceProposal
from services.grid.residence_proposals.schedules import SWEEP
from services.grid.residence_proposals.service.proposals import restate
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.grid.residence_proposals import ProposalRule
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="residence-proposals",
    about="居住网格变更建议：网格调整后，建议底册把居民转入新的网格。 Who lives in which grid after grids changed",
    states={"grid.residence_proposal": Restatement(restate, select(ResidenceProposal.id))},
    routes=(Route("registry.person", persons_changed), Route("registry.residence_answer", answered)),
    schedules=(SWEEP,),
    code_lists=(
        published("proposal_rules", "居住网格变更依据", ProposalRule),
        published("effect_statuses", "跨服务办理状态", EffectStatus),
    ),
)
