"""代办委托: an applicant authorises an agent in writing, for items, from a day on, until it is revoked."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class AuthorisationWay(NamedCode):
    """How the paper was signed."""

    SIGNED = "signed", "本人签字"
    FINGERPRINT = "fingerprint", "本人按指印"
    BY_GUARDIAN = "by_guardian", "监护人签字"


class AuthorisationStatus(NamedCode):
    """Where an authorisation stands."""

    VALID = "valid", "有效"
    REVOKED = "revoked", "已撤销委托"
    ANNULLED = "annulled", "误登作废"


class AuthorisationState(State):
    """An authorisation (委托书): of which case's applicant, to which agent, for which items. It names nobody."""

    noun: ClassVar = "services_hall.authorisation"
    channel: ClassVar = Topic(
        noun,
        "services_hall.authorisations",
        tells=(
            "哪一办件（按标识）的申请人何日书面委托哪名代办员办理哪些事项、何时撤销",
            "which case's (by id) applicant authorised which agent for which items, and when it was revoked",
        ),
    )
    id: UUID = Field(description="委托标识 id of the authorisation", examples=["0197d0c0-6411-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: Code = Field(description="部门 department of the case", examples=["civil_affairs"])
    case_id: UUID = Field(
        description="办件标识 case whose applicant signed", examples=["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"]
    )
    agent_id: UUID = Field(
        description="代办员标识 file of the agent", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"]
    )
    items: tuple[UUID, ...] = Field(
        description="事项 ids of the items for which it was given", examples=[["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"]]
    )
    way: AuthorisationWay = Field(description="签署方式 signed, fingerprint or by_guardian", examples=["signed"])
    status: AuthorisationStatus = Field(description="状态 valid, revoked or annulled", examples=["valid"])
    signed_on: date = Field(description="签署日 day of the paper, from which it holds", examples=["2026-11-03"])
    until: date | None = Field(default=None, description="有效期至 last day, inclusive; null: until it is revoked")
    revoked_on: date | None = Field(default=None, description="撤销日 day on which it was revoked")


class AuthorisationRecorded(Fact[AuthorisationState]):
    """A signed paper was recorded (登记委托)."""

    type: ClassVar = "services_hall.authorisation.recorded"
    example: ClassVar = {"state": {"version": 1}}


class AuthorisationRevoked(Fact[AuthorisationState]):
    """The applicant revoked it (撤销委托)."""

    type: ClassVar = "services_hall.authorisation.revoked"
    example: ClassVar = {"state": {"version": 2, "status": "revoked", "revoked_on": "2026-11-05"}}


class AuthorisationAnnulled(Fact[AuthorisationState]):
    """It was recorded by mistake (作废)."""

    type: ClassVar = "services_hall.authorisation.annulled"
    example: ClassVar = {"state": {"version": 2, "status": "annulled"}}


class AuthorisationUndone(Fact[AuthorisationState]):
    """The last step was taken back (撤销操作)."""

    type: ClassVar = "services_hall.authorisation.undone"
    example: ClassVar = {"state": {"version": 3}}


class AuthorisationBoundaryChanged(Fact[AuthorisationState]):
    """The area of the case's counter got another code (区划调整)."""

    type: ClassVar = "services_hall.authorisation.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "area": "450481114202"}}


class AuthorisationRestated(Fact[AuthorisationState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.authorisation.restated"
    example: ClassVar = {"state": {"version": 1}}
