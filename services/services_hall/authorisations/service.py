"""Use cases of authorisations (代办委托): recorded, revoked, annulled, a step taken back; they follow their case."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.agents.domain import serves_on
from services.services_hall.agents.repository import AgentRepository
from services.services_hall.authorisations.domain import (
    ANNULLED,
    REVOKED,
    VALID,
    AuthorisationAgentWrong,
    AuthorisationDatesWrong,
    AuthorisationGuardianNeeded,
    AuthorisationNothingToUndo,
    AuthorisationStep,
    AuthorisationUsed,
    NewAuthorisation,
    require_transition,
)
from services.services_hall.authorisations.models import Authorisation, AuthorisationVersion
from services.services_hall.authorisations.repository import AuthorisationRepository
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.items.repository import ItemRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.authorisations import (
    AuthorisationAnnulled,
    AuthorisationBoundaryChanged,
    AuthorisationRecorded,
    AuthorisationRestated,
    AuthorisationRevoked,
    AuthorisationState,
    AuthorisationStatus,
    AuthorisationUndone,
    AuthorisationWay,
)
from shared.db.compare_and_set import Seen, require_version
from shared.db.stepped_rows import SteppedRows
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

CARRY, READ = "agency.carry", "agency.read"
FIXED = frozenset({"area", "department", "case_id", "agent_id", "items", "way", "signed_on", "until", "recorded_at"})


class AuthorisationFollower(Protocol):
    """What was entrusted by an authorisation."""

    async def revoked(self, authorisation: UUID, by: str) -> None:
        """It was revoked: whatever is not delivered ends."""
        ...

    async def restored(self, authorisation: UUID, by: str) -> None:
        """That was taken back: whatever ended with it goes on."""
        ...

    async def is_used(self, authorisation: UUID) -> bool:
        """Whether anything was ever entrusted by it."""
        ...


class Authorisations:
    """Use cases of who records what applicants sign. Each step raises `NotFound`, `VersionMismatch`."""

    def __init__(self, context: UseCaseContext, follower: AuthorisationFollower) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._follower = follower
        self._agents = AgentRepository(context.session)
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._authorisations = AuthorisationRepository(context.session)
        self._rows = rows_of_authorisations(context)

    async def record(self, principal: Principal, new: NewAuthorisation) -> Authorisation:
        """登记委托: what the applicant of a case has signed, for the agent and whoever stands in for the agent.

        Raises `NotFound`, `AuthorisationDatesWrong`, `AuthorisationAgentWrong`, `AuthorisationGuardianNeeded`.
        """
        case = await self._cases.get(new.case_id)
        if case is None or not principal.department_scope(CARRY).allows(case.area, case.department):
            raise NotFound.at("case_id", subject=new.case_id)
        day = today(self._clock)
        if new.signed_on > day or (new.until is not None and new.until < max(new.signed_on, day)):
            raise AuthorisationDatesWrong.at("signed_on" if new.signed_on > day else "until")
        agent = await self._agents.held(new.agent_id)
        if agent is None or agent.area != case.area or not serves_on(agent, day):
            raise AuthorisationAgentWrong.at("agent_id")
        if case.needs_guardian and new.way is not AuthorisationWay.BY_GUARDIAN:
            raise AuthorisationGuardianNeeded.at("way")
        for number, item in enumerate(new.items):
            if await self._items.published(item) is None:
                raise NotFound.at(f"items.{number}", subject=item)
        one = Authorisation(
            id=new_id(),
            version=1,
            status=VALID,
            area=case.area,
            department=case.department,
            case_id=case.id,
            agent_id=agent.id,
            items=[str(item) for item in new.items or (case.item_id,)],
            way=new.way,
            signed_on=new.signed_on,
            until=new.until,
            recorded_at=self._clock.now(),
        )
        await self._rows.enter(one, AuthorisationStep.RECORD, principal.subject)
        self._note(principal, "record_authorisation", one, CARRY, Detail.WRITE)
        self._tell(AuthorisationRecorded, one)
        return one

    async def revoke(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> Authorisation:
        """撤销委托: what was entrusted by it ends; originals are to be returned.

        Raises `AuthorisationTransitionError`, `AuthorisationDatesWrong`.
        """
        one = await self._locked(principal, id, expected, REVOKED)
        if not one.signed_on <= on <= today(self._clock):
            raise AuthorisationDatesWrong.at("revoked_on")
        await self._follower.revoked(id, principal.subject)
        changes = {"status": REVOKED, "revoked_on": on}
        return await self._move(principal, one, AuthorisationStep.REVOKE, AuthorisationRevoked, changes)

    async def annul(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Authorisation:
        """作废: recorded by mistake. Raises `AuthorisationTransitionError`, `AuthorisationUsed`."""
        one = await self._locked(principal, id, expected, ANNULLED)
        if await self._follower.is_used(id):
            raise AuthorisationUsed(id)
        return await self._move(principal, one, AuthorisationStep.ANNUL, AuthorisationAnnulled, {"status": ANNULLED})

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> Authorisation:
        """撤销上一步: a revocation or an annulment was entered wrong; what ended with it goes on.

        Raises `AuthorisationNothingToUndo`.
        """
        one = await self._locked(principal, id, expected)
        to = await self._rows.before(one)
        if to is None:
            raise AuthorisationNothingToUndo(id)
        if one.status == REVOKED:
            await self._follower.restored(id, principal.subject)
        moved = await self._rows.go_back(one, to, AuthorisationStep.UNDO, principal.subject)
        self._note(principal, "undo_authorisation", moved, CARRY, Detail.WRITE)
        self._tell(AuthorisationUndone, moved)
        return moved

    async def read(self, principal: Principal, id: UUID) -> Authorisation:
        """One in scope; the look is noted. Raises `NotFound`."""
        one = await self._authorisations.get(id)
        if one is None:
            raise NotFound(id)
        principal.department_scope(READ).require(one.area, one.department)
        self._note(principal, "read_authorisation", one, READ, Detail.EXISTENCE)
        return one

    async def page(
        self, principal: Principal, area: str | None, case: UUID | None, *, after: UUID | None, limit: int
    ) -> Sequence[Authorisation]:
        """Authorisations in scope by id, each that is shown noted; one more than `limit` if there is one."""
        scope = principal.department_scope(READ, within=area)
        rows = await self._authorisations.page(scope, case, after=after, limit=limit + 1)
        for one in rows[:limit]:
            self._note(principal, "list_authorisations", one, READ, Detail.EXISTENCE)
        return rows

    async def count(self, principal: Principal, area: str | None, case: UUID | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._authorisations.count(principal.department_scope(READ, within=area), case)

    async def _locked(
        self, principal: Principal, id: UUID, expected: Seen, to: AuthorisationStatus | None = None
    ) -> Authorisation:
        one = await self._authorisations.locked(id)
        if one is None:
            raise NotFound(id)
        principal.department_scope(CARRY).require(one.area, one.department)
        require_version(one, expected)
        if to is not None:
            require_transition(one.status, to, id)
        return one

    async def _move(
        self,
        principal: Principal,
        one: Authorisation,
        step: AuthorisationStep,
        fact: type[Fact[AuthorisationState]],
        changes: dict[str, Any],
    ) -> Authorisation:
        moved = await self._rows.move(one, step, principal.subject, **changes)
        self._note(principal, f"{step}_authorisation", moved, CARRY, Detail.WRITE)
        self._tell(fact, moved)
        return moved

    def _tell(self, fact: type[Fact[AuthorisationState]], one: Authorisation) -> None:
        self._outbox.add(fact(state=AuthorisationState.model_validate(one)))

    def _note(self, principal: Principal, action: str, one: Authorisation, permission: str, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.authorisation",
            object_id=one.id,
            area=one.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, one.area, one.department),
        )


class AuthorisationFollowing:
    """What goes along with a case when the area of its counter gets another code (`CaseFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._authorisations = AuthorisationRepository(context.session)
        self._rows = rows_of_authorisations(context)

    async def relocated(self, case: UUID, origin: str, to: str) -> None:
        """Authorisations of its applicant lie where its counter lies."""
        for one in await self._authorisations.of_case_locked(case):
            if one.area == origin:
                moved = await self._rows.follow(one, AuthorisationStep.BOUNDARY, area=to)
                self._outbox.add(AuthorisationBoundaryChanged(state=AuthorisationState.model_validate(moved)))


def rows_of_authorisations(context: UseCaseContext) -> SteppedRows[Authorisation, AuthorisationVersion]:
    """Authorisations with their versions."""
    versions = AuthorisationVersion, AuthorisationVersion.authorisation_id
    return SteppedRows(context.session, context.clock, Authorisation, *versions, fixed=FIXED)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AuthorisationRestated]:
    """Restated facts of the next authorisations, their rows locked."""
    rows = await AuthorisationRepository(session).locked_after(UUID(after) if after else None, limit)
    return [AuthorisationRestated(state=AuthorisationState.model_validate(one)) for one in rows]
