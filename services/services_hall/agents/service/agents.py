"""Use cases of agents' files (代办员档案): appointed, revised, away and back, ended, annulled, a step taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.agents.domain import (
    ANNULLED,
    ENDED,
    SERVING,
    Absence,
    AgentAwayAlready,
    AgentDatesWrong,
    AgentFilter,
    AgentNotAway,
    AgentNothingToUndo,
    AgentNotOfVillage,
    AgentStep,
    AgentStillCarries,
    NewAgent,
    SubstituteWrong,
    cleaned,
    is_away_on,
    require_transition,
    serves_on,
)
from services.services_hall.agents.models import Agent
from services.services_hall.agents.repository import AgentRepository
from services.services_hall.agents.service.absences import AgentAbsences, rows_of_agents
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.agents import (
    AgentAbsent,
    AgentAnnulled,
    AgentAppointed,
    AgentEnded,
    AgentRestated,
    AgentReturned,
    AgentRevised,
    AgentState,
    AgentStatus,
    AgentUndone,
)
from shared.crypto.masking import mask_name, mask_phone
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, NotYet, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.reference.areas import VILLAGE_DIGITS

MANAGE, READ = "agent.manage", "agent.read"


@dataclass(frozen=True, slots=True)
class ShownAgent:
    """A file with name and phone, masked unless its reader appoints agents there."""

    agent: Agent
    name: str = field(repr=False)
    phone: str = field(repr=False)


class AgentWork(Protocol):
    """What is in the hands of an agent."""

    async def is_carrying(self, agent: Agent, *, ever: bool) -> bool:
        """Whether matters or originals are; `ever`: or were."""
        ...


class Agents:
    """Use cases of who appoints agents. Each step raises `NotFound`, `VersionMismatch`, `AgentTransitionError`."""

    def __init__(self, context: UseCaseContext, work: AgentWork) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._work = work
        self._agents = AgentRepository(context.session)
        self._rows = rows_of_agents(context)
        self._absences = AgentAbsences(context)

    async def appoint(self, principal: Principal, new: NewAgent) -> ShownAgent:
        """任用. Raises `NotFound` for a village outside, `AgentNotOfVillage`, `NotYet`, `AgentDatesWrong`, `Invalid`.

        A login serves a village once (`AgentKnown`, by the database).
        """
        principal.scope(MANAGE).require(new.area)
        await self._require_village(new.area)
        if new.until is not None and new.until < new.since:
            raise AgentDatesWrong.at("until")
        made, (name, phone) = new_id(), cleaned(new.name, new.phone)
        agent = Agent(
            id=made,
            version=1,
            status=SERVING,
            area=new.area,
            former=[],
            post=new.post,
            account=new.account,
            name=self._crypto.seal(name, field="agents.name", owner=made),
            phone=self._crypto.seal(phone, field="agents.phone", owner=made),
            since=new.since,
            until=new.until,
        )
        await self._rows.enter(agent, AgentStep.APPOINT, principal.subject)
        self._note(principal, "appoint_agent", agent, MANAGE, Detail.WRITE)
        self._tell(AgentAppointed, agent)
        return self._shown(principal, agent)

    async def revise(
        self, principal: Principal, id: UUID, *, name: str, phone: str, expected: Seen = None
    ) -> ShownAgent:
        """更正: name and phone as they are; what was wrong is kept nowhere. Raises `Invalid`."""
        agent = await self._locked(principal, id, expected, SERVING)
        name, phone = cleaned(name, phone)
        sealed = {
            "name": self._crypto.seal(name, field="agents.name", owner=id),
            "phone": self._crypto.seal(phone, field="agents.phone", owner=id),
        }
        moved = await self._rows.follow(agent, AgentStep.REVISE, **sealed)
        self._note(principal, "revise_agent", moved, MANAGE, Detail.WRITE)
        self._tell(AgentRevised, moved)
        return self._shown(principal, moved)

    async def leave(self, principal: Principal, id: UUID, absence: Absence, *, expected: Seen = None) -> ShownAgent:
        """离岗: on these days the worklist is the substitute's. Originals go over one by one, with receipts.

        Raises `AgentDatesWrong`, `AgentAwayAlready`, `AgentStillCarries`, `SubstituteWrong`.
        """
        agent = await self._locked(principal, id, expected, SERVING, beside=absence.substitute)
        day = today(self._clock)
        if agent.absent_until is not None and agent.absent_until >= day:
            raise AgentAwayAlready(id)
        within = serves_on(agent, absence.since) and serves_on(agent, absence.until)
        if absence.until < max(absence.since, day) or not within:
            raise AgentDatesWrong.at("until")
        if not await self._absences.may_be(agent, absence):
            raise SubstituteWrong.at("substitute_id")
        days = {
            "absent_since": absence.since,
            "absent_until": absence.until,
            "substitute_id": absence.substitute,
        }
        return await self._move(principal, agent, AgentStep.LEAVE, AgentAbsent, days)

    async def come_back(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownAgent:
        """返岗: the agent acts again from today on. Raises `AgentNotAway`."""
        agent = await self._locked(principal, id, expected, SERVING)
        day = today(self._clock)
        if agent.absent_since is None or agent.absent_until is None or agent.absent_until < day:
            raise AgentNotAway(id)
        ended: dict[str, Any] = {"absent_until": day - timedelta(days=1)}
        if agent.absent_since >= day:
            ended = {"absent_since": None, "absent_until": None, "substitute_id": None}
        return await self._move(principal, agent, AgentStep.RETURN, AgentReturned, ended)

    async def end(self, principal: Principal, id: UUID, *, until: date, expected: Seen = None) -> ShownAgent:
        """卸任, with a last day that is over or today. Raises `AgentDatesWrong`, `AgentStillCarries`."""
        agent = await self._locked(principal, id, expected, ENDED)
        if not agent.since <= until <= today(self._clock):
            raise AgentDatesWrong.at("until")
        await self._require_free(agent, ever=False)
        return await self._move(principal, agent, AgentStep.END, AgentEnded, {"status": ENDED, "until": until})

    async def annul(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownAgent:
        """作废: the file was entered by mistake. Raises `AgentStillCarries`."""
        agent = await self._locked(principal, id, expected, ANNULLED)
        await self._require_free(agent, ever=True)
        return await self._move(principal, agent, AgentStep.ANNUL, AgentAnnulled, {"status": ANNULLED})

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownAgent:
        """撤销上一步; asked again, the one before. Raises `AgentNothingToUndo`, and as the step that holds again."""
        version, absence = await self._absences.held_again(id)
        agent = await self._locked(principal, id, expected, beside=None if absence is None else absence.substitute)
        if agent.version != version:  # somebody else was faster: another absence would hold again
            raise VersionMismatch(id)
        to = await self._rows.before(agent)
        if to is None:
            raise AgentNothingToUndo(id)
        if absence is not None and not await self._absences.may_be(agent, absence):
            raise SubstituteWrong(id)
        moved = await self._rows.go_back(agent, to, AgentStep.UNDO, principal.subject)
        self._note(principal, "undo_agent", moved, MANAGE, Detail.WRITE)
        self._tell(AgentUndone, moved)
        return self._shown(principal, moved)

    async def read(self, principal: Principal, id: UUID) -> ShownAgent:
        """A file in scope; the look is noted. Raises `NotFound`."""
        agent = await self._agents.get(id)
        if agent is None:
            raise NotFound(id)
        principal.scope(READ).require(agent.area)
        full = principal.scope(MANAGE).allows(agent.area)
        permission, detail = (MANAGE, Detail.FULL) if full else (READ, Detail.MASKED)
        self._note(principal, "read_agent", agent, permission, detail)
        return self._shown(principal, agent)

    async def page(
        self, principal: Principal, area: str | None, wanted: AgentFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownAgent]:
        """Files in scope by id, all masked; one more than `limit` if there is one."""
        rows = await self._agents.page(principal.scope(READ, within=area), wanted, after=after, limit=limit + 1)
        return [self._masked(one) for one in rows]

    async def count(self, principal: Principal, area: str | None, wanted: AgentFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._agents.count(principal.scope(READ, within=area), wanted)

    async def _locked(
        self,
        principal: Principal,
        id: UUID,
        expected: Seen,
        to: AgentStatus | None = None,
        *,
        beside: UUID | None = None,
    ) -> Agent:
        """The file, locked, `beside` another one. Raises `NotFound`, `VersionMismatch`, `AgentTransitionError`."""
        agent = await self._agents.locked(id, *(() if beside is None else (beside,)))
        if agent is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(agent.area)
        require_version(agent, expected)
        if to is not None:
            require_transition(agent.status, to, id)
        return agent

    async def _require_free(self, agent: Agent, *, ever: bool) -> None:
        away = agent.absent_until is not None and is_away_on(agent, today(self._clock))
        standing = await self._agents.stands_in_for(agent.id, today(self._clock))
        if away or standing or await self._work.is_carrying(agent, ever=ever):
            raise AgentStillCarries(agent.id)

    async def _move(
        self, principal: Principal, agent: Agent, step: AgentStep, fact: type[Fact[AgentState]], changes: dict[str, Any]
    ) -> ShownAgent:
        moved = await self._rows.move(agent, step, principal.subject, **changes)
        self._note(principal, f"{step}_agent", moved, MANAGE, Detail.WRITE)
        self._tell(fact, moved)
        return self._shown(principal, moved)

    async def _require_village(self, area: str) -> None:
        if len(area) != VILLAGE_DIGITS:
            raise AgentNotOfVillage.at("area")
        state = await projected(self._session, AreaState, area)
        if state is None:
            detail = "尚未收到该地区的信息：若刚刚设立，请稍后重试；否则请核对代码。"
            raise NotYet.at("area", subject=area, detail=detail)
        if not state.is_valid_on(today(self._clock)):
            raise AgentNotOfVillage.at("area")

    def _shown(self, principal: Principal, agent: Agent) -> ShownAgent:
        if not principal.scope(MANAGE).allows(agent.area):
            return self._masked(agent)
        return ShownAgent(agent, *self._opened(agent))

    def _masked(self, agent: Agent) -> ShownAgent:
        name, phone = self._opened(agent)
        return ShownAgent(agent, mask_name(name), mask_phone(phone))

    def _opened(self, agent: Agent) -> tuple[str, str]:
        name = self._crypto.open(agent.name, field="agents.name", owner=agent.id)
        return name, self._crypto.open(agent.phone, field="agents.phone", owner=agent.id)

    def _tell(self, fact: type[Fact[AgentState]], agent: Agent) -> None:
        self._outbox.add(fact(state=AgentState.model_validate(agent)))

    def _note(self, principal: Principal, action: str, agent: Agent, permission: str, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.agent",
            object_id=agent.id,
            area=agent.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, agent.area),
        )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AgentRestated]:
    """Restated facts of the next files, their rows locked."""
    rows = await AgentRepository(session).locked_after(UUID(after) if after else None, limit)
    return [AgentRestated(state=AgentState.model_validate(one)) for one in rows]
