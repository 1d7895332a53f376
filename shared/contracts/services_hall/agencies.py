"""代办件: a case that an agent carries through the seven steps: 委托, 受理, 办理, 送达, 归档, 上报, 回访."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class AgencyStatus(NamedCode):
    """Which of the seven steps was done last, or how it ended before."""

    ENTRUSTED = "entrusted", "已委托"
    ACCEPTED = "accepted", "已受理"
    HANDLING = "handling", "办理中"
    DELIVERED = "delivered", "已送达"
    ARCHIVED = "archived", "已归档"
    REPORTED = "reported", "已上报"
    CALLED_BACK = "called_back", "已回访"
    DECLINED = "declined", "不予代办"
    REVOKED = "revoked", "委托已撤销"


class CallBackOutcome(NamedCode):
    """What the applicant said when called back (回访)."""

    SATISFIED = "satisfied", "满意"
    COMPLAINT = "complaint", "有意见"
    UNREACHED = "unreached", "未能联系"


class AgencyState(State):
    """A case in an agent's hands (代办件). Days are Shanghai's; it names nobody."""

    noun: ClassVar = "services_hall.agency"
    channel: ClassVar = Topic(
        noun,
        "services_hall.agencies_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            "哪一办件（按标识）由哪名代办员代办、七步各在何时、报送时限、上门次数和回访结果",
            "which case (by id) is carried by which agent, when each step was, how many home visits, what was answered",
        ),
    )
    id: UUID = Field(description="代办件标识 id of the agency", examples=["0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: Code = Field(description="部门 department of the case", examples=["civil_affairs"])
    case_id: UUID = Field(description="办件标识 id of the case", examples=["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"])
    authorisation_id: UUID = Field(
        description="委托标识 by which authorisation", examples=["0197d0c0-6411-7b21-8d4f-1b5c6d7e8f90"]
    )
    agent_id: UUID = Field(
        description="代办员标识 file of the agent", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"]
    )
    status: AgencyStatus = Field(description="状态 the step that was done last", examples=["accepted"])
    entrusted_at: datetime = Field(description="委托时间 when it was entrusted", examples=["2026-11-03T01:00:00Z"])
    accepted_at: datetime | None = Field(default=None, description="受理时间 when the agent accepted it")
    forward_due_on: date | None = Field(
        default=None, description="报送时限 last working day to forward it; null before, and if it was not forwarded"
    )
    forward_provisional: bool = Field(
        default=False, description="暂定时限 the day rests on a year whose notice is not out", examples=[False]
    )
    forwarded_at: datetime | None = Field(default=None, description="报送时间 when the papers went to the next level")
    delivered_on: date | None = Field(default=None, description="送达日 when the applicant got the result")
    archived_at: datetime | None = Field(default=None, description="归档时间 when the agent's file was put away")
    reported_at: datetime | None = Field(default=None, description="上报时间 when it was reported to the town")
    called_back_at: datetime | None = Field(default=None, description="回访时间 when the applicant was called back")
    outcome: CallBackOutcome | None = Field(default=None, description="回访结果 satisfied, complaint or unreached")
    charged: bool | None = Field(
        default=None, description="被收费 whether the applicant says that money was taken; null: nobody asked"
    )
    visits: int = Field(default=0, description="上门次数 home visits that were made", examples=[0])
    declined_at: datetime | None = Field(default=None, description="不予代办时间 when the agent declined it")
    revoked_at: datetime | None = Field(default=None, description="委托撤销时间 when it ended with its authorisation")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原受理地 areas of the counter before changes of areas, oldest first"
    )


class AgencyEntrusted(Fact[AgencyState]):
    """A case was entrusted to an agent (委托)."""

    type: ClassVar = "services_hall.agency.entrusted"
    example: ClassVar = {"state": {"version": 1, "status": "entrusted"}}


class AgencyAccepted(Fact[AgencyState]):
    """The agent accepted it (受理): the days to forward run."""

    type: ClassVar = "services_hall.agency.accepted"
    example: ClassVar = {"state": {"version": 2, "accepted_at": "2026-11-03T01:10:00Z", "forward_due_on": "2026-11-06"}}


class AgencyDeclined(Fact[AgencyState]):
    """The agent declined it (不予代办)."""

    type: ClassVar = "services_hall.agency.declined"
    example: ClassVar = {"state": {"version": 2, "status": "declined", "declined_at": "2026-11-03T01:10:00Z"}}


class AgencyForwarded(Fact[AgencyState]):
    """The papers went to the next level (报送): it is handled there."""

    type: ClassVar = "services_hall.agency.forwarded"
    example: ClassVar = {"state": {"version": 3, "status": "handling", "forwarded_at": "2026-11-04T01:00:00Z"}}


class AgencyReassigned(Fact[AgencyState]):
    """Another agent of the village carries it (改派)."""

    type: ClassVar = "services_hall.agency.reassigned"
    example: ClassVar = {"state": {"version": 3}}


class AgencyVisited(Fact[AgencyState]):
    """A home visit was arranged, made or called off (上门)."""

    type: ClassVar = "services_hall.agency.visited"
    example: ClassVar = {"state": {"version": 3, "visits": 1}}


class AgencyDelivered(Fact[AgencyState]):
    """The agent brought the result to the applicant (送达)."""

    type: ClassVar = "services_hall.agency.delivered"
    example: ClassVar = {"state": {"version": 4, "status": "delivered", "delivered_on": "2026-11-12"}}


class AgencyArchived(Fact[AgencyState]):
    """The agent's file was put away (归档)."""

    type: ClassVar = "services_hall.agency.archived"
    example: ClassVar = {"state": {"version": 5, "status": "archived", "archived_at": "2026-11-12T08:00:00Z"}}


class AgencyReported(Fact[AgencyState]):
    """It was reported to the town (上报)."""

    type: ClassVar = "services_hall.agency.reported"
    example: ClassVar = {"state": {"version": 6, "status": "reported", "reported_at": "2026-11-13T01:00:00Z"}}


class AgencyCalledBack(Fact[AgencyState]):
    """The applicant was called back (回访)."""

    type: ClassVar = "services_hall.agency.called_back"
    example: ClassVar = {
        "state": {
            "version": 7,
            "status": "called_back",
            "called_back_at": "2026-11-16T01:00:00Z",
            "outcome": "satisfied",
            "charged": False,
        }
    }


class AgencyRevoked(Fact[AgencyState]):
    """It ended because the applicant revoked the authorisation (撤销委托)."""

    type: ClassVar = "services_hall.agency.revoked"
    example: ClassVar = {"state": {"version": 3, "status": "revoked", "revoked_at": "2026-11-05T01:00:00Z"}}


class AgencyUndone(Fact[AgencyState]):
    """The last step was taken back (撤销操作)."""

    type: ClassVar = "services_hall.agency.undone"
    example: ClassVar = {"state": {"version": 4}}


class AgencyRescheduled(Fact[AgencyState]):
    """The day to forward by was computed again: the calendar was set (重算时限)."""

    type: ClassVar = "services_hall.agency.rescheduled"
    example: ClassVar = {"state": {"version": 3, "forward_due_on": "2026-11-09"}}


class AgencyBoundaryChanged(Fact[AgencyState]):
    """The area of the case's counter got another code (区划调整)."""

    type: ClassVar = "services_hall.agency.boundary_changed"
    example: ClassVar = {"state": {"version": 3, "former": [{"area": "450481114202", "until": "2026-11-04"}]}}


class AgencyRestated(Fact[AgencyState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.agency.restated"
    example: ClassVar = {"state": {"version": 2}}
