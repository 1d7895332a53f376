"""Visits (走访) as grid announces them: of care tags, and of restricted tags on a topic of their own."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class VisitStatus(NamedCode):
    """Statuses of a visit: 待走访, 已走访, 已取消."""

    DUE = "due", "待走访"
    DONE = "done", "已走访"
    CANCELLED = "cancelled", "已取消"


class _Visit(State):
    """A visit that is due, was paid or was cancelled. Which tag asks for it is left out."""

    id: UUID = Field(description="走访标识 id of the visit", examples=["0197d0c0-6607-7076-9294-60a1b2c3d4e5"])
    person_id: UUID = Field(
        description="走访对象 id of the visited person in the register",
        examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"],
    )
    area: AreaCode = Field(
        description="走访地 grid (15 digits) or village (12) where the person lives", examples=["450481114201001"]
    )
    due_on: date = Field(description="应走访日 last day on which the visit is in time", examples=["2026-11-08"])
    done_on: date | None = Field(
        default=None, description="走访日 day on which the visit was paid; null before", examples=["2026-11-07"]
    )
    status: VisitStatus = Field(description="状态 due, done or cancelled", examples=["done"])
    finding: Code | None = Field(
        default=None,
        description="走访结果 what was found: normal or needs_help; null before",
        examples=["normal"],
    )
    former: tuple[FormerPlace, ...] = Field(
        default=(),
        description="应走访时的住地 where the person lived when it became overdue, if they live elsewhere since",
    )
    attempts: int = Field(
        default=0, description="未遇次数 how often nobody was met; such an attempt is no visit", examples=[0]
    )
    attempted_on: date | None = Field(
        default=None, description="最近未遇日 last day on which nobody was met; null if that never happened"
    )
    assigned: bool = Field(
        default=False, description="已分派 whether somebody answers for the grid and is to pay it", examples=[True]
    )
    handovers: int = Field(default=0, description="交接次数 how often another worker got it", examples=[0])
    handed_over_on: date | None = Field(
        default=None, description="最近交接日 day on which another worker got it last; null if nobody did"
    )
    missed_on: date | None = Field(
        default=None, description="漏访日 day on which it became an incident; null if it did not"
    )


_PLANNED = {"state": {"version": 1, "done_on": None, "status": "due", "finding": None}}
_ATTEMPTED = {
    "state": {
        "version": 2,
        "done_on": None,
        "status": "due",
        "finding": None,
        "attempts": 1,
        "attempted_on": "2026-11-06",
    }
}
_CANCELLED = {"state": {"version": 2, "done_on": None, "status": "cancelled", "finding": None}}
_MOVED = {"state": {"version": 2, "done_on": None, "status": "due", "finding": None, "area": "450481114202001"}}
_HANDED_OVER = {
    "state": {
        "version": 2,
        "done_on": None,
        "status": "due",
        "finding": None,
        "assigned": True,
        "handovers": 1,
        "handed_over_on": "2026-11-03",
    }
}
_MISSED = {"state": {"version": 2, "done_on": None, "status": "due", "finding": None, "missed_on": "2026-11-12"}}
_TAKEN_BACK = {"state": {"version": 3, "done_on": None, "status": "due", "finding": None}}
_SECOND = {"state": {"version": 2}}


class VisitState(_Visit):
    """A visit (走访) that a tag of the care family asks for."""

    noun: ClassVar = "grid.visit"
    channel: ClassVar = Topic(
        noun,
        "grid.visits",
        readers=("indicators",),
        tells=(
            "某位居民（按标识）因关爱类标签应在何时被走访、是否走访、是否需要帮助；由间隔可知是哪种标签",
            "when a person (by id) is to be visited, was visited, needs help; the interval tells the care tag",
        ),
    )


class VisitPlanned(Fact[VisitState]):
    """A visit became due."""

    type: ClassVar = "grid.visit.planned"
    example: ClassVar = _PLANNED


class VisitAttempted(Fact[VisitState]):
    """Nobody was met (不在家): the visit stays due."""

    type: ClassVar = "grid.visit.attempted"
    example: ClassVar = _ATTEMPTED


class VisitDone(Fact[VisitState]):
    """The visit was paid and recorded."""

    type: ClassVar = "grid.visit.done"
    example: ClassVar = _SECOND


class VisitCancelled(Fact[VisitState]):
    """The visit is no longer asked for: the tag ended, or the person is gone."""

    type: ClassVar = "grid.visit.cancelled"
    example: ClassVar = _CANCELLED


class VisitMoved(Fact[VisitState]):
    """The person moved within the county; the visit is due at the new home."""

    type: ClassVar = "grid.visit.moved"
    example: ClassVar = _MOVED


class VisitHandedOver(Fact[VisitState]):
    """Another worker answers for the grid, or nobody does: the visit is theirs from now on (交接)."""

    type: ClassVar = "grid.visit.handed_over"
    example: ClassVar = _HANDED_OVER


class VisitMissed(Fact[VisitState]):
    """It was not paid for so long that it became an incident (漏访); it stays due."""

    type: ClassVar = "grid.visit.missed"
    example: ClassVar = _MISSED


class VisitTakenBack(Fact[VisitState]):
    """What was recorded was a mistake: the visit is due again."""

    type: ClassVar = "grid.visit.taken_back"
    example: ClassVar = _TAKEN_BACK


class VisitRestated(Fact[VisitState]):
    """The visit is announced again, unchanged."""

    type: ClassVar = "grid.visit.restated"
    example: ClassVar = _SECOND


class RestrictedVisitState(_Visit):
    """A visit that a tag of the sensitive family asks for: its own noun and topic, because it tells of the tag."""

    noun: ClassVar = "grid.restricted_visit"
    channel: ClassVar = Topic(
        noun,
        "grid.visits_restricted",
        readers=("indicators",),
        published=False,
        known_by="visit.restricted",
        tells=(
            "某位居民（按标识）有敏感类标签，由间隔可知是哪种",
            "that a person (by id) has a restricted tag; the interval tells which",
        ),
    )


class RestrictedVisitPlanned(Fact[RestrictedVisitState]):
    """A visit became due."""

    type: ClassVar = "grid.restricted_visit.planned"
    example: ClassVar = _PLANNED


class RestrictedVisitAttempted(Fact[RestrictedVisitState]):
    """Nobody was met (不在家): the visit stays due."""

    type: ClassVar = "grid.restricted_visit.attempted"
    example: ClassVar = _ATTEMPTED


class RestrictedVisitDone(Fact[RestrictedVisitState]):
    """The visit was paid and recorded."""

    type: ClassVar = "grid.restricted_visit.done"
    example: ClassVar = _SECOND


class RestrictedVisitCancelled(Fact[RestrictedVisitState]):
    """The visit is no longer asked for: the tag ended, or the person is gone."""

    type: ClassVar = "grid.restricted_visit.cancelled"
    example: ClassVar = _CANCELLED


class RestrictedVisitMoved(Fact[RestrictedVisitState]):
    """The person moved within the county; the visit is due at the new home."""

    type: ClassVar = "grid.restricted_visit.moved"
    example: ClassVar = _MOVED


class RestrictedVisitHandedOver(Fact[RestrictedVisitState]):
    """Another worker answers for the grid, or nobody does: the visit is theirs from now on (交接)."""

    type: ClassVar = "grid.restricted_visit.handed_over"
    example: ClassVar = _HANDED_OVER


class RestrictedVisitMissed(Fact[RestrictedVisitState]):
    """It was not paid for so long that it became an incident (漏访); it stays due."""

    type: ClassVar = "grid.restricted_visit.missed"
    example: ClassVar = _MISSED


class RestrictedVisitTakenBack(Fact[RestrictedVisitState]):
    """What was recorded was a mistake: the visit is due again."""

    type: ClassVar = "grid.restricted_visit.taken_back"
    example: ClassVar = _TAKEN_BACK


class RestrictedVisitRestated(Fact[RestrictedVisitState]):
    """The visit is announced again, unchanged."""

    type: ClassVar = "grid.restricted_visit.restated"
    example: ClassVar = _SECOND
