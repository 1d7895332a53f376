"""Bodies of residence proposals (居住网格变更建议)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.residence_proposals import ProposalRule
from shared.http.schemas import Instant, View


class ResidenceProposalView(View):
    """A person who is proposed to be entered in another grid, and what registry says of it."""

    id: UUID = Field(description="建议标识 id of the proposal", examples=["0197d0c0-b101-7a02-8b03-0c04d05e0f01"])
    version: int = Field(description="版本 counts the changes of the proposal, from 1", examples=[1])
    person_id: UUID = Field(description="居民标识 id of the person", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    origin: AreaCode = Field(description="原网格 grid of before", examples=["450481114201001"])
    target: AreaCode = Field(description="新网格 grid in which they live from the day on", examples=["450481114201003"])
    effective_on: date = Field(description="生效日 first day", examples=["2026-11-20"])
    rule: ProposalRule = Field(description="依据 heir, located, named or undone", examples=["heir"])
    change_id: UUID | None = Field(
        description="网格调整标识 change of grids from which it follows; null if the grid was closed by itself",
        examples=["0197d0c0-b102-7a02-8b03-0c04d05e0f02"],
    )
    status: EffectStatus = Field(description="状态 asked, applied or refused", examples=["asked"])
    code: str | None = Field(description="拒绝原因 why registry refuses it; null otherwise", examples=[None])
    answered_at: Instant | None = Field(description="答复时间 when registry answered; null until then", examples=[None])


class ResidenceProposalCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
