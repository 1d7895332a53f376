"""Bodies and views of agents' files (代办员档案)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from services.services_hall.agents.domain import Absence, NewAgent
from services.services_hall.agents.service.agents import ShownAgent
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.agents import AgentPost, AgentStatus
from shared.http.schemas import Body, Day, View, without_number
from shared.reference.phones import MAX_PHONE

Account = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(without_number)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PHONE)]


class AppointAgent(Body):
    """Somebody who carries matters for the people of a village from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "450481114201",
                    "post": "primary",
                    "account": "u-3f2a9c",
                    "name": "欧阳示例",
                    "phone": "13800000000",
                    "since": "2026-01-05",
                }
            ]
        }
    )

    area: AreaCode = Field(description="服务村 village that is served, 12 digits", examples=["450481114201"])
    post: AgentPost = Field(description="岗位 primary or substitute", examples=["primary"])
    account: Account = Field(
        description="登录账号 login by which they work, as the issuer of tokens names it; no number of a person",
        examples=["u-3f2a9c"],
    )
    name: Name = Field(description="姓名 encrypted", examples=["欧阳示例"])
    phone: Phone = Field(description="电话 by which people reach the agent; encrypted", examples=["13800000000"])
    since: Day = Field(description="起始日 first day", examples=["2026-01-05"])
    until: Day | None = Field(default=None, description="截止日 last day, inclusive; null: until it is ended")

    def new(self) -> NewAgent:
        return NewAgent(self.area, self.post, self.account, self.since, self.until, self.name, self.phone)


class ReviseAgent(Body):
    """Name and phone as they are."""

    name: Name = Field(description="姓名 encrypted", examples=["欧阳示例"])
    phone: Phone = Field(description="电话 encrypted", examples=["13800000000"])


class LeaveAgent(Body):
    """Days away, and who stands in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "since": "2026-11-09",
                    "until": "2026-11-13",
                    "substitute_id": "0197d0c0-6402-7b21-8d4f-1b5c6d7e8f90",
                }
            ]
        }
    )

    since: Day = Field(description="离岗起始日 first day away", examples=["2026-11-09"])
    until: Day = Field(description="离岗截止日 last day away, inclusive; today or later", examples=["2026-11-13"])
    substitute_id: UUID = Field(description="替岗人 file of another agent of the same village")

    def absence(self) -> Absence:
        return Absence(self.since, self.until, self.substitute_id)


class EndAgent(Body):
    """Until when the agent served."""

    until: Day = Field(description="截止日 last day, inclusive; today or before", examples=["2026-11-30"])


class AgentView(View):
    """An agent's file."""

    id: UUID = Field(description="代办员标识 id of the file", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"])
    version: int = Field(description="版本 from 1", examples=[1])
    status: AgentStatus = Field(description="状态 serving, ended or annulled", examples=["serving"])
    area: AreaCode = Field(description="服务村 village that is served", examples=["450481114201"])
    post: AgentPost = Field(description="岗位 primary or substitute", examples=["primary"])
    account: str = Field(description="登录账号 login by which they work", examples=["u-3f2a9c"])
    name: str = Field(description="姓名 masked, unless its reader appoints agents there", examples=["欧**例"])
    phone: str = Field(description="电话 masked likewise", examples=["138****0000"])
    since: date = Field(description="起始日 first day", examples=["2026-01-05"])
    until: date | None = Field(description="截止日 last day, inclusive; null while it lasts", examples=[None])
    absent_since: date | None = Field(description="离岗起始日 first day away; null: none is entered", examples=[None])
    absent_until: date | None = Field(description="离岗截止日 last day away, inclusive", examples=[None])
    substitute_id: UUID | None = Field(description="替岗人 file of who stands in", examples=[None])

    @classmethod
    def of(cls, shown: ShownAgent) -> Self:
        agent = shown.agent
        columns = {name: getattr(agent, name) for name in cls.model_fields if name not in ("name", "phone")}
        return cls(**columns, name=shown.name, phone=shown.phone)


class AgentCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
