"""What services_hall (一站式代办) announces."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import AreaCode, Code, Fact, State


class ItemState(State):
    """An item (事项) with its latest published version. Published versions never change; a case pins one."""

    noun: ClassVar = "services_hall.item"
    id: UUID
    code: Code  # 31 characters for national items, a local code for village conveniences
    department: Code
    category: Code
    target: Code  # natural_person, organisation
    levels: tuple[int, ...]  # area levels that accept it: 6, 9, 12
    published_version: int | None
    statutory_days: int | None
    promised_days: int | None  # 0 for 即办件
    status: Code  # draft, published, suspended, abolished


class ItemDrafted(Fact[ItemState]):
    type: ClassVar = "services_hall.item.drafted"


class ItemPublished(Fact[ItemState]):
    type: ClassVar = "services_hall.item.published"
    published: int


class ItemRestated(Fact[ItemState]):
    type: ClassVar = "services_hall.item.restated"


class CaseStatus(StrEnum):
    """The thin slice of the case's lifecycle; the whole one is in the domain's description."""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class CaseState(State):
    """A case (办件) with its milestones. `area` is the counter that holds it."""

    noun: ClassVar = "services_hall.case"
    id: UUID
    item_id: UUID
    item_version: int
    category: Code
    area: AreaCode
    person_id: UUID | None
    status: CaseStatus
    submitted_on: datetime
    received_on: datetime | None = None
    accepted_on: datetime | None = None
    refused_on: datetime | None = None
    decided_on: datetime | None = None
    granted: bool | None = None
    closed_on: datetime | None = None
    due_on: date | None = None  # last working day, inclusive; set at acceptance
    due_provisional: bool = False  # the due date lies beyond the calendar's data


class CaseSubmitted(Fact[CaseState]):
    type: ClassVar = "services_hall.case.submitted"


class CaseReceived(Fact[CaseState]):
    type: ClassVar = "services_hall.case.received"


class CaseAccepted(Fact[CaseState]):
    type: ClassVar = "services_hall.case.accepted"


class CaseRefused(Fact[CaseState]):
    type: ClassVar = "services_hall.case.refused"


class CaseDecided(Fact[CaseState]):
    type: ClassVar = "services_hall.case.decided"


class CaseClosed(Fact[CaseState]):
    type: ClassVar = "services_hall.case.closed"


class CaseWithdrawn(Fact[CaseState]):
    type: ClassVar = "services_hall.case.withdrawn"


class CaseRescheduled(Fact[CaseState]):
    """A provisional due date was computed again from the year's notice."""

    type: ClassVar = "services_hall.case.rescheduled"


class CaseRestated(Fact[CaseState]):
    type: ClassVar = "services_hall.case.restated"
