"""原件保管: an original that an applicant gave out of hand, who holds it, and its way back."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class OriginalStatus(NamedCode):
    """Where an original is."""

    HELD = "held", "保管中"
    SENT = "sent", "移交途中，待签收"
    RETURNED = "returned", "已归还本人"
    LOST = "lost", "遗失"
    ANNULLED = "annulled", "误登作废"


class OriginalState(State):
    """An original in custody (原件). Of what kind it is stays in the hall: beside the case it would tell too much."""

    noun: ClassVar = "services_hall.original"
    channel: ClassVar = Topic(
        noun,
        "services_hall.originals_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            "哪一代办件（按标识）收有原件、现在哪个单位手中、何时移交、归还或遗失；不含原件种类和保管人",
            "which office holds an original of which agency (by id), until it was returned or lost; not its kind",
        ),
    )
    id: UUID = Field(description="原件标识 id of the original", examples=["0197d0c0-6431-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: Code = Field(description="部门 department of the case", examples=["civil_affairs"])
    agency_id: UUID = Field(
        description="代办件标识 id of the agency", examples=["0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90"]
    )
    case_id: UUID = Field(description="办件标识 id of the case", examples=["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"])
    status: OriginalStatus = Field(description="状态 held, sent, returned, lost or annulled", examples=["held"])
    holder_area: AreaCode | None = Field(
        default=None, description="保管地 area of who answers for it; null once it is back", examples=["450481114201"]
    )
    holder_department: Code | None = Field(default=None, description="保管部门 department of who answers for it")
    hand_overs: int = Field(
        default=0, description="移交次数 how often it went from one holder to the next", examples=[0]
    )
    received_at: datetime = Field(description="收讫时间 when it was received", examples=["2026-11-03T01:20:00Z"])
    returned_on: date | None = Field(default=None, description="归还日 when the applicant had it back")
    lost_on: date | None = Field(default=None, description="遗失日 when it was found to be lost")
    told_on: date | None = Field(default=None, description="告知日 when the applicant was told that it is lost")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原受理地 areas of the counter before changes of areas, oldest first"
    )


class OriginalReceived(Fact[OriginalState]):
    """It was received from the applicant, with a receipt (收讫)."""

    type: ClassVar = "services_hall.original.received"
    example: ClassVar = {"state": {"version": 1, "holder_department": "civil_affairs"}}


class OriginalSent(Fact[OriginalState]):
    """Its holder hands it over to an office; the holder answers for it until it is taken there (移交)."""

    type: ClassVar = "services_hall.original.sent"
    example: ClassVar = {"state": {"version": 2, "status": "sent"}}


class OriginalTaken(Fact[OriginalState]):
    """It was taken, with a receipt: there is a new holder (签收)."""

    type: ClassVar = "services_hall.original.taken"
    example: ClassVar = {"state": {"version": 3, "holder_area": "450481114", "hand_overs": 1}}


class OriginalDeclined(Fact[OriginalState]):
    """It was not taken, and stays with its holder (拒收)."""

    type: ClassVar = "services_hall.original.declined"
    example: ClassVar = {"state": {"version": 3}}


class OriginalReturned(Fact[OriginalState]):
    """The applicant has it back, with a receipt (归还)."""

    type: ClassVar = "services_hall.original.returned"
    example: ClassVar = {
        "state": {"version": 4, "status": "returned", "holder_area": None, "returned_on": "2026-11-12"}
    }


class OriginalLost(Fact[OriginalState]):
    """Its holder cannot find it (遗失)."""

    type: ClassVar = "services_hall.original.lost"
    example: ClassVar = {"state": {"version": 4, "status": "lost", "lost_on": "2026-11-10"}}


class OriginalLossTold(Fact[OriginalState]):
    """The applicant was told that it is lost (告知遗失)."""

    type: ClassVar = "services_hall.original.loss_told"
    example: ClassVar = {"state": {"version": 5, "status": "lost", "lost_on": "2026-11-10", "told_on": "2026-11-10"}}


class OriginalFound(Fact[OriginalState]):
    """What was lost was found (找回)."""

    type: ClassVar = "services_hall.original.found"
    example: ClassVar = {"state": {"version": 6}}


class OriginalAnnulled(Fact[OriginalState]):
    """It was entered by mistake (作废)."""

    type: ClassVar = "services_hall.original.annulled"
    example: ClassVar = {"state": {"version": 2, "status": "annulled", "holder_area": None}}


class OriginalUndone(Fact[OriginalState]):
    """The last step was taken back (撤销操作)."""

    type: ClassVar = "services_hall.original.undone"
    example: ClassVar = {"state": {"version": 4}}


class OriginalBoundaryChanged(Fact[OriginalState]):
    """The area of the case's counter got another code (区划调整)."""

    type: ClassVar = "services_hall.original.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "former": [{"area": "450481114202", "until": "2026-11-04"}]}}


class OriginalRestated(Fact[OriginalState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.original.restated"
    example: ClassVar = {"state": {"version": 1}}
