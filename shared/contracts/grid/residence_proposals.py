"""居住网格变更建议: after grids were split, merged or drawn anew, grid proposes to registry who lives in which grid."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.effect_answers import EffectRequest
from shared.contracts.envelope import AreaCode, Fact
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class ProposalRule(NamedCode):
    """By what the other grid was chosen."""

    HEIR = "heir", "承接网格"
    LOCATED = "located", "按坐标定位"
    NAMED = "named", "人工指定"
    UNDONE = "undone", "撤销调整"


class ResidenceProposalState(EffectRequest):
    """A person who lives in a grid that is no more, or lies elsewhere, and the grid in which they live now."""

    noun: ClassVar = "grid.residence_proposal"
    channel: ClassVar = Topic(
        noun,
        "grid.residence_proposals_restricted",
        readers=("registry",),
        published=False,
        tells=(
            "网格调整后，哪位居民（按标识）建议由哪个网格转入本村哪个网格，以及办理结果",
            "which person (by id) is proposed to live in which grid of the village after grids changed, and the answer",
        ),
    )
    person_id: UUID = Field(description="居民标识 id of the person", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    origin: AreaCode = Field(description="原网格 grid of before", examples=["450481114201001"])
    target: AreaCode = Field(description="新网格 grid in which they live from the day on", examples=["450481114201003"])
    target_version: int = Field(
        description="新网格版本 version of that grid, without which the proposal cannot be judged", examples=[1]
    )
    effective_on: date = Field(description="生效日 first day", examples=["2026-11-20"])
    rule: ProposalRule = Field(description="依据 heir, located, named or undone", examples=["heir"])
    follows: UUID | None = Field(
        default=None, description="前一建议 proposal that is to be answered before this one; null for none"
    )


class ResidenceProposalAsked(Fact[ResidenceProposalState]):
    """Registry is asked to enter the person in the other grid."""

    type: ClassVar = "grid.residence_proposal.asked"


class ResidenceProposalAnswered(Fact[ResidenceProposalState]):
    """Registry has applied or refused it."""

    type: ClassVar = "grid.residence_proposal.answered"
    example: ClassVar = {
        "state": {"version": 2, "status": "applied", "answered_at": "2026-11-20T02:00:01Z"},
    }


class ResidenceProposalRestated(Fact[ResidenceProposalState]):
    """The same version again, on request."""

    type: ClassVar = "grid.residence_proposal.restated"
