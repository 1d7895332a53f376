"""Bodies of visits (走访)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.grid.visits.domain import Finding
from services.grid.visits.models import Visit
from services.grid.visits.service.visits import AboutVisit
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.tags import TagContactRole
from shared.http.schemas import Body, Day, View


class RecordVisit(Body):
    """A visit that was paid."""

    finding: Finding = Field(
        description="走访结果 normal (正常), needs_help (需要帮助) or absent (不在家); absent leaves the visit due",
        examples=["normal"],
    )
    done_on: Day = Field(
        description="走访日 day on which it was paid; not after today, nor before the tag or the last visit",
        examples=["2026-11-07"],
    )
    record_id: UUID | None = Field(
        default=None,
        description="走访记录表 id of the record that is its form, of the ledger that it names; null "
        "if it names none, and for absent",
        examples=[None],
    )
    purpose: Purpose = Field(
        default=Purpose.VISIT, description="用途 why the person is visited; kept in the access log"
    )


class VisitContactView(View):
    """Whom to ask about the visited person: the register says who it is, to those who may know."""

    id: UUID = Field(description="联系人标识 id of the tag's contact in the register (`getTagContact`)")
    role: TagContactRole = Field(description="身份 guardian or responsible person", examples=["guardian"])


class VisitView(View):
    """A visit that is due, was paid or was cancelled. Which tag asks for it is left out.

    Visits that a restricted tag asks for are shown to those alone who may see such tags (`visit.restricted`).
    """

    id: UUID = Field(description="走访标识 id of the visit", examples=["0197d0c0-6607-7076-9294-60a1b2c3d4e5"])
    version: int = Field(description="版本 counts the changes of the visit, from 1", examples=[2])
    person_id: UUID = Field(
        description="走访对象 id of the visited person in the register",
        examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"],
    )
    area: AreaCode = Field(
        description="走访地 grid (15 digits) or village (12) where the person lives", examples=["450481114201001"]
    )
    due_on: date = Field(description="应走访日 last day on which the visit is in time", examples=["2026-11-08"])
    done_on: date | None = Field(
        description="走访日 day on which the visit was paid; null before", examples=["2026-11-07"]
    )
    status: VisitStatus = Field(description="状态 due, done or cancelled", examples=["done"])
    finding: Finding | None = Field(
        description="走访结果 what was found: normal or needs_help; null before", examples=["normal"]
    )
    attempts: int = Field(description="未遇次数 how often nobody was met", examples=[0])
    attempted_on: date | None = Field(
        description="最近未遇日 last day on which nobody was met; null if that never happened", examples=[None]
    )
    restricted: bool = Field(description="敏感 whether a tag of the sensitive family asks for it", examples=[False])
    overdue: bool = Field(description="超期 whether it is due and past its day", examples=[False])
    worker: str | None = Field(
        description="走访人 login of whoever answers for the grid today and is to pay it; null if nobody does",
        examples=["grid-worker-7"],
    )
    handovers: int = Field(description="交接次数 how often another worker got it", examples=[0])
    handed_over_on: date | None = Field(description="最近交接日 null if nobody else got it", examples=[None])
    missed_on: date | None = Field(description="漏访日 day on which it became an incident; null", examples=[None])
    incident_id: UUID | None = Field(description="漏访事件 id of that incident; null if there is none", examples=[None])
    record_id: UUID | None = Field(description="走访记录表 id of the record that is its form; null", examples=[None])
    form: str | None = Field(
        description="走访记录表 ledger in which its form is to be kept, while it is due; null: none", examples=[None]
    )

    contacts: list[VisitContactView] = Field(
        description="联系人 guardians and responsible persons to be asked, while the visit is due"
    )

    @classmethod
    def of(cls, visit: Visit, today: date, about: AboutVisit) -> Self:
        return cls(
            id=visit.id,
            version=visit.version,
            person_id=visit.person_id,
            area=visit.area,
            due_on=visit.due_on,
            done_on=visit.done_on,
            status=VisitStatus(visit.status),
            finding=None if visit.finding is None else Finding(visit.finding),
            attempts=visit.attempts,
            attempted_on=visit.attempted_on,
            restricted=visit.restricted,
            overdue=visit.status == VisitStatus.DUE and visit.due_on < today,
            worker=visit.worker,
            handovers=visit.handovers,
            handed_over_on=visit.handed_over_on,
            missed_on=visit.missed_on,
            incident_id=visit.incident_id,
            record_id=visit.record_id,
            form=about.form,
            contacts=[VisitContactView(id=one.id, role=one.role) for one in about.contacts],
        )


class VisitCountView(View):
    """How many the list with the same filter shows."""

    count: int = Field(description="数量 how many in all", examples=[3])
