"""Visits (走访) as grid announces them."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class VisitStatus(StrEnum):
    """Statuses of a visit: 待走访, 已走访, 已取消."""

    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitState(State):
    """A visit (走访) that is due, was paid or was cancelled. Which tag asks for it is left out."""

    noun: ClassVar = "grid.visit"
    channel: ClassVar = Topic(noun, "grid.visits", readers=("indicators",))
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
        description="走访结果 what was found: normal, needs_help or absent; null before",
        examples=["normal"],
    )


class VisitPlanned(Fact[VisitState]):
    """A visit became due."""

    type: ClassVar = "grid.visit.planned"
    example: ClassVar = {"state": {"version": 1, "done_on": None, "status": "due", "finding": None}}


class VisitDone(Fact[VisitState]):
    """The visit was paid and recorded."""

    type: ClassVar = "grid.visit.done"
    example: ClassVar = {"state": {"version": 2}}


class VisitCancelled(Fact[VisitState]):
    """The visit is no longer asked for: the tag ended, or the person is gone."""

    type: ClassVar = "grid.visit.cancelled"
    example: ClassVar = {"state": {"version": 2, "done_on": None, "status": "cancelled", "finding": None}}


class VisitMoved(Fact[VisitState]):
    """The person moved within the county; the visit is due at the new home."""

    type: ClassVar = "grid.visit.moved"
    example: ClassVar = {
        "state": {"version": 2, "done_on": None, "status": "due", "finding": None, "area": "450481114202001"}
    }


class VisitRestated(Fact[VisitState]):
    """The visit is announced again, unchanged."""

    type: ClassVar = "grid.visit.restated"
    example: ClassVar = {"state": {"version": 2}}
