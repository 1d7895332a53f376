"""Bodies and views of authorisations (代办委托)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.services_hall.authorisations.domain import MOST_ITEMS, NewAuthorisation
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.authorisations import AuthorisationStatus, AuthorisationWay
from shared.http.schemas import Body, Day, EachOnce, Instant, View


class RecordAuthorisation(Body):
    """What the applicant of a case has signed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case_id": "0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90",
                    "agent_id": "0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90",
                    "way": "signed",
                    "signed_on": "2026-11-03",
                }
            ]
        }
    )

    case_id: UUID = Field(description="办件标识 case whose applicant signed")
    agent_id: UUID = Field(description="代办员标识 file of the agent, of the case's village")
    items: Annotated[list[UUID], EachOnce] = Field(
        default_factory=list,
        max_length=MOST_ITEMS,
        description="事项 ids of the items for which it is given; empty: for the item of the case",
    )
    way: AuthorisationWay = Field(description="签署方式 code list `authorisation_ways`", examples=["signed"])
    signed_on: Day = Field(description="签署日 day of the paper", examples=["2026-11-03"])
    until: Day | None = Field(default=None, description="有效期至 last day, inclusive; null: until it is revoked")

    def new(self) -> NewAuthorisation:
        return NewAuthorisation(self.case_id, self.agent_id, self.items, self.way, self.signed_on, self.until)


class RevokeAuthorisation(Body):
    """When the applicant revoked it."""

    revoked_on: Day = Field(description="撤销日 today or before", examples=["2026-11-05"])


class AuthorisationView(View):
    """An authorisation; who signed is the applicant of the case."""

    id: UUID = Field(description="委托标识 id of the authorisation", examples=["0197d0c0-6411-7b21-8d4f-1b5c6d7e8f90"])
    version: int = Field(description="版本 from 1", examples=[1])
    status: AuthorisationStatus = Field(description="状态 valid, revoked or annulled", examples=["valid"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: str = Field(description="部门 department of the case", examples=["civil_affairs"])
    case_id: UUID = Field(description="办件标识 case whose applicant signed")
    agent_id: UUID = Field(description="代办员标识 file of the agent")
    items: list[UUID] = Field(description="事项 ids of the items for which it was given")
    way: AuthorisationWay = Field(description="签署方式 code list `authorisation_ways`", examples=["signed"])
    signed_on: date = Field(description="签署日 day of the paper", examples=["2026-11-03"])
    until: date | None = Field(description="有效期至 last day, inclusive; null: until it is revoked", examples=[None])
    revoked_on: date | None = Field(description="撤销日 when it was revoked", examples=[None])
    recorded_at: Instant = Field(description="登记时间 when it was recorded", examples=["2026-11-03T09:00:00+08:00"])


class AuthorisationCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
