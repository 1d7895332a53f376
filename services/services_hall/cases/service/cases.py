"""Use cases on cases: submit, receive, accept, refuse, decide, close, withdraw."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain import (
    CaseTransitionError,
    ExtractRefused,
    ItemDoesNotAccept,
    UnknownCounter,
    UnknownPerson,
    case_number,
    require_transition,
)
from services.services_hall.cases.models import Applicant, Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.items.repository import ItemRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import business_day, today
from shared.contracts.envelope import Fact
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.persons import PersonState
from shared.contracts.services_hall.cases import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseReceived,
    CaseRefused,
    CaseRescheduled,
    CaseRestated,
    CaseState,
    CaseStatus,
    CaseSubmitted,
    CaseWithdrawn,
)
from shared.crypto.extracts import ExtractError, ExtractVerifier
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.projection import projected
from shared.service import UseCaseContext

AUDIENCE = "services_hall"
"""For whom an extract must be made."""


@dataclass(frozen=True)
class CaseDetail:
    """A case with its steps."""

    case: Case
    steps: Sequence[CaseStep]


class Cases:
    """Every move is checked against the table, then compared and set; whoever comes second is told 409."""

    def __init__(self, context: UseCaseContext, *, extracts: ExtractVerifier | None = None) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._extracts = extracts
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._deadlines = Deadlines(context.session)

    async def submit(self, principal: Principal, *, item_id: UUID, area: str, extract: str) -> Case:
        """Open a case at a counter for the person of a signed extract.

        Raises NotFound (area outside scope, unknown item), ItemDoesNotAccept, ExtractRefused, UnknownPerson.
        """
        principal.scope("case.submit").require(area)
        await self._require_counter(area)
        item = await self._items.get(item_id)
        if item is None:
            raise NotFound(item_id)
        version = await self._items.version(item.id, item.published_version) if item.published_version else None
        if version is None or len(area) not in version.levels:
            raise ItemDoesNotAccept(item_id)
        person_id, snapshot = self._read(extract)
        person = await projected(self._session, PersonState, person_id)
        if person is None:
            raise UnknownPerson(person_id)
        now = self._clock.now()
        serial = await self._cases.next_serial(item.code, business_day(now))
        case = Case(
            id=new_id(),
            version=1,
            number=case_number(item.code, f"{business_day(now):%Y%m%d}", serial),
            item_id=item.id,
            item_version=version.number,
            category=item.category,
            area=area,
            person_id=person_id,
            status=CaseStatus.SUBMITTED,
            submitted_at=now,
            submitted_by=principal.subject,
            promised_days=version.promised_days,
            due_provisional=False,
        )
        self._cases.add(case)
        await self._session.flush()
        number = snapshot.get("document_number")
        index = self._crypto.blind("document", number)[0].digest if isinstance(number, str) else None
        sealed = self._crypto.seal(json.dumps(snapshot, ensure_ascii=False), field="applicants.snapshot", owner=case.id)
        self._cases.add(Applicant(case_id=case.id, snapshot=sealed, number_index=index))
        self._record(case, principal, "submit")
        self._access.note(
            principal,
            action="submit",
            noun="registry.person",
            object_id=person_id,
            area=area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.WRITE,
        )
        self._outbox.add(CaseSubmitted(state=state_of(case)))
        return case

    async def receive(self, principal: Principal, id: UUID) -> Case:
        """收件: the counter holds the papers."""
        case = await self._move(
            principal, id, "case.handle", CaseStatus.RECEIVED, "receive", received_at=self._clock.now()
        )
        self._outbox.add(CaseReceived(state=state_of(case)))
        return case

    async def accept(self, principal: Principal, id: UUID) -> Case:
        """受理: the statutory clock starts. The day of acceptance is not counted; the due date is inclusive."""
        case = await self._visible(principal, id, "case.handle")
        now = self._clock.now()
        due = await self._deadlines.due(business_day(now), case.promised_days)
        case = await self._move(
            principal,
            id,
            "case.handle",
            CaseStatus.ACCEPTED,
            "accept",
            accepted_at=now,
            due_on=due.day,
            due_provisional=due.provisional,
        )
        self._outbox.add(CaseAccepted(state=state_of(case)))
        return case

    async def refuse(self, principal: Principal, id: UUID, reason: str) -> Case:
        """不予受理, with a coded reason."""
        case = await self._move(
            principal, id, "case.handle", CaseStatus.REFUSED, "refuse", reason, refused_at=self._clock.now()
        )
        self._outbox.add(CaseRefused(state=state_of(case)))
        return case

    async def decide(self, principal: Principal, id: UUID, *, granted: bool, reason: str | None) -> Case:
        """准予 or 不予, by whoever decides."""
        case = await self._move(
            principal,
            id,
            "case.decide",
            CaseStatus.DECIDED,
            "decide",
            reason,
            decided_at=self._clock.now(),
            granted=granted,
        )
        self._outbox.add(CaseDecided(state=state_of(case)))
        return case

    async def close(self, principal: Principal, id: UUID) -> Case:
        """办结."""
        case = await self._move(principal, id, "case.handle", CaseStatus.CLOSED, "close", closed_at=self._clock.now())
        self._outbox.add(CaseClosed(state=state_of(case)))
        return case

    async def withdraw(self, principal: Principal, id: UUID) -> Case:
        """The applicant takes it back; no clock runs any more."""
        case = await self._move(principal, id, "case.submit", CaseStatus.WITHDRAWN, "withdraw")
        self._outbox.add(CaseWithdrawn(state=state_of(case)))
        return case

    async def detail(self, principal: Principal, id: UUID) -> CaseDetail:
        """A case in scope with its steps; the look is recorded."""
        case = await self._visible(principal, id, "case.read")
        self._access.note(
            principal,
            action="read",
            noun="services_hall.case",
            object_id=id,
            area=case.area,
            purpose=Purpose.CASE_HANDLING,
        )
        return CaseDetail(case, await self._cases.steps(id))

    async def page(
        self, principal: Principal, *, area: str | None, status: CaseStatus | None, after: UUID | None, limit: int
    ) -> Sequence[Case]:
        """Cases in scope, by id; `area` narrows."""
        return await self._cases.page(
            principal.scope("case.read", within=area),
            area_scope=None if area is None else Scope(principal.lineage.expand(area)),
            status=status,
            after=after,
            limit=limit,
        )

    async def count(self, principal: Principal, *, area: str | None, status: CaseStatus | None) -> int:
        """How many the list would show in all: the same predicate."""
        return await self._cases.count(
            principal.scope("case.read", within=area),
            area_scope=None if area is None else Scope(principal.lineage.expand(area)),
            status=status,
        )

    async def reschedule(self) -> int:
        """Compute provisional due dates again: a year's calendar was set. Returns how many moved or became certain."""
        moved = 0
        for case in await self._cases.provisional():
            assert case.accepted_at is not None
            due = await self._deadlines.due(business_day(case.accepted_at), case.promised_days)
            if (due.day, due.provisional) == (case.due_on, case.due_provisional):
                continue
            case.due_on, case.due_provisional, case.version = due.day, due.provisional, case.version + 1
            self._cases.add(
                CaseStep(
                    case_id=case.id, version=case.version, step="reschedule", at=self._clock.now(), actor="calendar"
                )
            )
            await self._session.flush()
            self._outbox.add(CaseRescheduled(state=state_of(case)))
            moved += 1
        return moved

    async def _require_counter(self, area: str) -> None:
        state = await projected(self._session, AreaState, area)
        day = today(self._clock)
        if state is None or state.valid_from > day or (state.valid_to is not None and state.valid_to <= day):
            raise UnknownCounter(area)

    def _read(self, extract: str) -> tuple[UUID, dict[str, Any]]:
        """The person and the fields of a signed extract."""
        if self._extracts is None:
            raise ExtractRefused
        try:
            verified = self._extracts.verify(extract, audience=AUDIENCE, now=self._clock.now())
        except ExtractError as error:
            raise ExtractRefused from error
        return verified.person_id, dict(verified.fields)

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> Case:
        case = await self._cases.visible(id, principal.scope(permission))
        if case is None:
            raise NotFound(id)
        return case

    async def _move(
        self,
        principal: Principal,
        id: UUID,
        permission: str,
        to: CaseStatus,
        step: str,
        reason: str | None = None,
        **changes: Any,
    ) -> Case:
        case = await self._visible(principal, id, permission)
        status = CaseStatus(case.status)
        require_transition(status, to, id)
        moved = await self._cases.move(id, expected=status, to=to, **changes)
        if moved is None:
            raise CaseTransitionError(id)
        self._record(moved, principal, step, reason)
        return moved

    def _record(self, case: Case, principal: Principal, step: str, reason: str | None = None) -> None:
        self._cases.add(
            CaseStep(
                case_id=case.id,
                version=case.version,
                step=step,
                at=self._clock.now(),
                actor=principal.subject,
                reason=reason,
            )
        )


def state_of(case: Case) -> CaseState:
    """What others may know of a case: no applicant, no number, no reason."""
    return CaseState(
        id=case.id,
        version=case.version,
        item_id=case.item_id,
        item_version=case.item_version,
        category=case.category,
        area=case.area,
        person_id=case.person_id,
        status=CaseStatus(case.status),
        submitted_on=case.submitted_at,
        received_on=case.received_at,
        accepted_on=case.accepted_at,
        refused_on=case.refused_at,
        decided_on=case.decided_at,
        granted=case.granted,
        closed_on=case.closed_at,
        due_on=case.due_on,
        due_provisional=case.due_provisional,
    )


async def restate_cases(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """The next cases, locked, as `restated` facts."""
    rows = await CaseRepository(session).all_after(UUID(after) if after else None, limit)
    return [CaseRestated(state=state_of(case)) for case in rows]
