"""走访: visits that are due or were paid."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class VisitStatus(StrEnum):
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitState(State):
    """One visit that is due, or was paid, to a person with a tag. The tag's code stays in grid and registry."""

    noun: ClassVar = "grid.visit"
    channel: ClassVar = Topic(noun, "grid.visits", readers=("indicators",))
    id: UUID = Field(description="标识 identifier", examples=["0197d0c0-6607-7076-9294-60a1b2c3d4e5"])
    person_id: UUID = Field(
        description="居民 id of the person in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    area: AreaCode = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201001"]
    )
    due_on: date = Field(description="时限 when it is due", examples=["2026-11-08"])
    done_on: date | None = Field(default=None, description="完成日 day on which it was done", examples=["2026-11-07"])
    status: VisitStatus = Field(description="状态 where it stands in its lifecycle", examples=["done"])
    finding: Code | None = Field(
        default=None, description="走访结果 what was found: normal, needs_help, absent", examples=["normal"]
    )


class VisitPlanned(Fact[VisitState]):
    type: ClassVar = "grid.visit.planned"
    example: ClassVar = {"state": {"version": 1, "done_on": None, "status": "due", "finding": None}}


class VisitDone(Fact[VisitState]):
    type: ClassVar = "grid.visit.done"
    example: ClassVar = {"state": {"version": 2}}


class VisitCancelled(Fact[VisitState]):
    type: ClassVar = "grid.visit.cancelled"
    example: ClassVar = {"state": {"done_on": None, "status": "cancelled", "finding": None}}


class VisitMoved(Fact[VisitState]):
    """The person moved within the county; the visit follows."""

    type: ClassVar = "grid.visit.moved"
    example: ClassVar = {"state": {"done_on": None, "status": "due", "finding": None, "area": "450481114202001"}}


class VisitRestated(Fact[VisitState]):
    type: ClassVar = "grid.visit.restated"
    example: ClassVar = {"state": {"version": 2}}
