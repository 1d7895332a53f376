"""代办员: who carries the matters of a village's people, since when, and who stands in while away."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class AgentPost(NamedCode):
    """Which of the two posts of a village (AB 岗)."""

    PRIMARY = "primary", "代办员（A 岗）"
    SUBSTITUTE = "substitute", "替岗代办员（B 岗）"


class AgentStatus(NamedCode):
    """Where an agent's file stands."""

    SERVING = "serving", "在任"
    ENDED = "ended", "已卸任"
    ANNULLED = "annulled", "误登作废"


class AgentState(State):
    """An agent's file (代办员档案): one village, from a day on. It names nobody and no login."""

    noun: ClassVar = "services_hall.agent"
    channel: ClassVar = Topic(
        noun,
        "services_hall.agents",
        readers=("indicators",),
        tells=(
            "哪个村自何日起有代办员、何时离岗由谁替岗；不含姓名、电话和账号",
            "which village has an agent since when, and when who stands in; no name, phone or login",
        ),
    )
    id: UUID = Field(description="代办员标识 id of the file", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="服务村 village that is served", examples=["450481114201"])
    post: AgentPost = Field(description="岗位 primary or substitute", examples=["primary"])
    status: AgentStatus = Field(description="状态 serving, ended or annulled", examples=["serving"])
    since: date = Field(description="起始日 first day", examples=["2026-01-05"])
    until: date | None = Field(default=None, description="截止日 last day, inclusive; null while it lasts")
    absent_since: date | None = Field(default=None, description="离岗起始日 first day away; null: none is entered")
    absent_until: date | None = Field(default=None, description="离岗截止日 last day away, inclusive")
    substitute_id: UUID | None = Field(default=None, description="替岗人 file of who stands in")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原服务村 codes of the village before changes of areas, oldest first"
    )


class AgentAppointed(Fact[AgentState]):
    """Somebody became an agent of a village (任用)."""

    type: ClassVar = "services_hall.agent.appointed"
    example: ClassVar = {"state": {"version": 1}}


class AgentRevised(Fact[AgentState]):
    """Name, phone or login of the file were put right (更正)."""

    type: ClassVar = "services_hall.agent.revised"
    example: ClassVar = {"state": {"version": 2}}


class AgentAbsent(Fact[AgentState]):
    """The agent is away for some days, and another one stands in (离岗)."""

    type: ClassVar = "services_hall.agent.absent"
    example: ClassVar = {
        "state": {
            "version": 2,
            "absent_since": "2026-11-09",
            "absent_until": "2026-11-13",
            "substitute_id": "0197d0c0-6402-7b21-8d4f-1b5c6d7e8f90",
        }
    }


class AgentReturned(Fact[AgentState]):
    """The agent is back before the last day away (返岗)."""

    type: ClassVar = "services_hall.agent.returned"
    example: ClassVar = {"state": {"version": 3}}


class AgentEnded(Fact[AgentState]):
    """The agent serves no longer (卸任)."""

    type: ClassVar = "services_hall.agent.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "until": "2026-11-30"}}


class AgentAnnulled(Fact[AgentState]):
    """The file was entered by mistake (作废)."""

    type: ClassVar = "services_hall.agent.annulled"
    example: ClassVar = {"state": {"version": 2, "status": "annulled"}}


class AgentUndone(Fact[AgentState]):
    """The last step was taken back (撤销)."""

    type: ClassVar = "services_hall.agent.undone"
    example: ClassVar = {"state": {"version": 3}}


class AgentBoundaryChanged(Fact[AgentState]):
    """The village got another code (区划调整): the agent goes on there."""

    type: ClassVar = "services_hall.agent.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "former": [{"area": "450481114202", "until": "2026-11-04"}]}}


class AgentRestated(Fact[AgentState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.agent.restated"
    example: ClassVar = {"state": {"version": 1}}
