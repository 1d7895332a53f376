"""Petitions (信访) as grid announces them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class PetitionStatus(NamedCode):
    """Statuses of a petition, from its registration to the last review."""

    REGISTERED = "registered", "已登记"
    REFUSED = "refused", "不予受理"
    REFERRED = "referred", "已转送有权机关"
    ACCEPTED = "accepted", "已受理"
    ASSIGNED = "assigned", "已交办"
    ANSWERED = "answered", "已答复"
    UNDER_REVIEW = "under_review", "复查中"
    REVIEWED = "reviewed", "已复查"
    UNDER_FINAL_REVIEW = "under_final_review", "复核中"
    FINALLY_REVIEWED = "finally_reviewed", "已复核终结"
    WITHDRAWN = "withdrawn", "已撤回"


class PetitionState(State):
    """A petition (信访事项) with its milestones. The place is a village, a town or the county; nobody is named."""

    noun: ClassVar = "grid.petition"
    channel: ClassVar = Topic(
        noun,
        "grid.petitions",
        tells=(
            "哪个村镇何时登记了哪类信访事项、由哪级受理、何时答复、复查、复核；不涉及信访人和经办人",
            "what kind of petition a village or town had, when, which level answered and reviewed it; nobody is named",
        ),
    )
    id: UUID = Field(description="信访标识 id of the petition", examples=["0197d0c0-b701-7c02-8d03-0e04f05a0b51"])
    area: AreaCode = Field(
        description="所属区域 village (12 digits), town (9) or county (6) that it is about", examples=["450481114201"]
    )
    level: int = Field(description="承办层级 digits of the office that answers: 9 town, 6 county", examples=[9])
    form: Code = Field(description="信访形式 letter, visit, online, call or reception", examples=["visit"])
    matter: Code = Field(description="信访事项类别 code list `petition_matters`", examples=["land"])
    people: int = Field(description="涉及人数 how many people it is of", examples=[1])
    status: PetitionStatus = Field(description="状态 where the petition stands", examples=["answered"])
    registered_on: date = Field(description="登记日 day on which it was received", examples=["2026-03-02"])
    accepted_on: date | None = Field(
        default=None, description="受理日 day on which it was accepted; null before", examples=["2026-03-05"]
    )
    answer_by: date | None = Field(
        default=None, description="办结期限 last day for the answer; null before acceptance", examples=["2026-05-04"]
    )
    extended: bool = Field(default=False, description="延期 the limit for the answer was extended", examples=[False])
    answered_on: date | None = Field(
        default=None, description="答复日 day on which the answer was given; null before", examples=["2026-04-20"]
    )
    outcome: Code | None = Field(
        default=None, description="处理意见 code list `petition_outcomes`; null before", examples=["supported"]
    )
    review_asked_on: date | None = Field(default=None, description="申请复查日 null if nobody asked", examples=[None])
    reviewed_on: date | None = Field(default=None, description="复查日 null before", examples=[None])
    review_result: Code | None = Field(default=None, description="复查意见 null before", examples=[None])
    final_asked_on: date | None = Field(default=None, description="申请复核日 null if nobody asked", examples=[None])
    final_on: date | None = Field(default=None, description="复核日 null before", examples=[None])
    final_result: Code | None = Field(default=None, description="复核意见 null before", examples=[None])
    reopenings: int = Field(default=0, description="重新办理次数 how often a review had it answered anew", examples=[0])
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所属区域 where it lay before changes of areas, oldest first"
    )


_NEW = {"status": "registered", "accepted_on": None, "answer_by": None, "answered_on": None, "outcome": None}
_TAKEN = {"answered_on": None, "outcome": None}


class PetitionRegistered(Fact[PetitionState]):
    """A petition was received and registered."""

    type: ClassVar = "grid.petition.registered"
    example: ClassVar = {"state": {"version": 1, **_NEW}}


class PetitionAccepted(Fact[PetitionState]):
    """An office accepted it: its limit runs."""

    type: ClassVar = "grid.petition.accepted"
    example: ClassVar = {"state": {"version": 2, "status": "accepted", **_TAKEN}}


class PetitionRefused(Fact[PetitionState]):
    """It is not accepted (不予受理)."""

    type: ClassVar = "grid.petition.refused"
    example: ClassVar = {"state": {"version": 2, **_NEW, "status": "refused"}}


class PetitionReferred(Fact[PetitionState]):
    """It was passed to the authority that is competent (转送)."""

    type: ClassVar = "grid.petition.referred"
    example: ClassVar = {"state": {"version": 2, **_NEW, "status": "referred"}}


class PetitionAssigned(Fact[PetitionState]):
    """A department is to answer it (交办)."""

    type: ClassVar = "grid.petition.assigned"
    example: ClassVar = {"state": {"version": 3, "status": "assigned", **_TAKEN}}


class PetitionExtended(Fact[PetitionState]):
    """Its limit was extended."""

    type: ClassVar = "grid.petition.extended"
    example: ClassVar = {"state": {"version": 4, "status": "assigned", **_TAKEN, "extended": True}}


class PetitionAnswered(Fact[PetitionState]):
    """The answer was given in writing (答复)."""

    type: ClassVar = "grid.petition.answered"
    example: ClassVar = {"state": {"version": 4}}


_ASKED = {"review_asked_on": "2026-05-06"}
_DONE = {**_ASKED, "reviewed_on": "2026-06-01", "review_result": "upheld"}
_FINAL = {**_DONE, "final_asked_on": "2026-06-10"}


class PetitionReviewAsked(Fact[PetitionState]):
    """The petitioner asked the level above for a review (复查)."""

    type: ClassVar = "grid.petition.review_asked"
    example: ClassVar = {"state": {"version": 5, "status": "under_review", **_ASKED}}


class PetitionReviewed(Fact[PetitionState]):
    """The level above reviewed it; what it revoked is answered anew."""

    type: ClassVar = "grid.petition.reviewed"
    example: ClassVar = {"state": {"version": 6, "status": "reviewed", **_DONE}}


class PetitionFinalReviewAsked(Fact[PetitionState]):
    """The petitioner asked the next level for the last review (复核)."""

    type: ClassVar = "grid.petition.final_review_asked"
    example: ClassVar = {"state": {"version": 7, "status": "under_final_review", **_FINAL}}


class PetitionFinallyReviewed(Fact[PetitionState]):
    """The last review is done; what it revoked is answered anew."""

    type: ClassVar = "grid.petition.finally_reviewed"
    example: ClassVar = {
        "state": {
            "version": 8,
            "status": "finally_reviewed",
            **_FINAL,
            "final_on": "2026-07-01",
            "final_result": "upheld",
        }
    }


class PetitionWithdrawn(Fact[PetitionState]):
    """The petitioner took it back, or it was registered by mistake."""

    type: ClassVar = "grid.petition.withdrawn"
    example: ClassVar = {"state": {"version": 2, **_NEW, "status": "withdrawn"}}


class PetitionUndone(Fact[PetitionState]):
    """The last step was entered wrong and was taken back."""

    type: ClassVar = "grid.petition.undone"
    example: ClassVar = {"state": {"version": 3, **_NEW}}


class PetitionBoundaryChanged(Fact[PetitionState]):
    """The village or town got another code (区划调整)."""

    type: ClassVar = "grid.petition.boundary_changed"
    example: ClassVar = {"state": {"version": 2, **_NEW, "former": [{"area": "450481114202", "until": "2026-11-26"}]}}


class PetitionRestated(Fact[PetitionState]):
    """The petition is announced again, unchanged."""

    type: ClassVar = "grid.petition.restated"
    example: ClassVar = {"state": {"version": 4}}
