"""Use cases of retention runs: asked for, decided by somebody else at the county, carried out one by one, stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registry.erasures.domain import ErasureFourEyes, ErasureKeptByLaw, ErasureRefusal, ErasureTooEarly
from services.registry.erasures.service.erasing import RegisterErasing
from services.registry.erasures.service.erasures import DECIDE, Erasures
from services.registry.erasures.service.reads import REQUEST
from services.registry.life_events.domain import PersonErased, PersonMerged
from services.registry.persons.service.notes import note_shown
from services.registry.retention_runs.domain import (
    MOST,
    NothingDue,
    RowOutcome,
    RunDecided,
    RunFourEyes,
    RunRecord,
    RunRow,
    RunStatus,
    RunTooLarge,
    require_transition,
)
from services.registry.retention_runs.repository import RetentionRunRepository
from services.registry.retentions.domain import RetentionKind
from services.registry.retentions.service import register_retentions
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.jobs import queue
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS

KIND = "retention_run"
OUTCOMES = {
    ErasureKeptByLaw: RowOutcome.KEPT_BY_LAW,
    ErasureTooEarly: RowOutcome.KEPT_BY_LAW,
    ErasureFourEyes: RowOutcome.OWN_ENTRY,
    PersonErased: RowOutcome.ERASED_BEFORE,
    PersonMerged: RowOutcome.KEPT_BY_LAW,
}
"""What becomes of an entry for which an erasure is refused."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run, and how many of its entries became what."""

    record: RunRecord
    outcomes: dict[str, int]


class RetentionRuns:
    """Use cases of runs. What is asked for names its entries; each is judged again when it is erased."""

    def __init__(self, context: UseCaseContext, erasing: RegisterErasing, erasures: Erasures) -> None:
        self._session = context.session
        self._clock = context.clock
        self._access = context.access
        self._erasing = erasing
        self._erasures = erasures
        self._runs = RetentionRunRepository(context.session)
        self._rules = register_retentions(context)

    async def request(self, principal: Principal, area: str, kind: RetentionKind | None) -> ShownRun:
        """Ask that what is due in an area today, and of which nothing is open, is erased.

        Raises `NotFound` for an area outside the scope, `NothingDue`, `RunTooLarge`.
        """
        principal.scope(REQUEST).require(area)
        scope, within = principal.scope(REQUEST, within=area), principal.through_the_tree(area)
        day = today(self._clock)
        rules = await self._rules.today()
        found = await self._runs.due(scope, within, rules, kind, day, after=None, limit=MOST + 1)
        if len(found) > MOST:
            raise RunTooLarge(area)
        entries = [one for one in found if one.held_by is None]
        if not entries:
            raise NothingDue(area)
        run = RunRecord(
            id=new_id(),
            version=1,
            status=str(RunStatus.REQUESTED),
            area=area,
            kind=kind and str(kind),
            requested_by=principal.subject,
            requested_at=self._clock.now(),
        )
        await self._runs.add(run, entries)
        for one in entries:
            note_shown(self._access, principal, "request_retention_run", one.person_id, REQUEST, area=one.area)
        return await self._shown(run)

    async def order(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownRun:
        """Decide that it is carried out, as a long work.

        Raises `NotFound`, `Forbidden` below the county, `RunDecided`, `RunFourEyes`.
        """
        found = await self._decided_by(principal, id, expected, RunStatus.ORDERED)
        job = await queue.enqueue(self._session, KIND, {"run": str(id)}, requested_by=principal.subject)
        for one in await self._runs.rows(id, after=None, limit=MOST):
            note_shown(self._access, principal, "order_retention_run", one.person_id, DECIDE, area=found.area)
        return await self._moved(found, RunStatus.ORDERED, job_id=job.id, **self._by(principal))

    async def refuse(self, principal: Principal, id: UUID, reason: ErasureRefusal, *, expected: Seen) -> ShownRun:
        """Decide that nothing of it is erased. Raises as `order`."""
        found = await self._decided_by(principal, id, expected, RunStatus.REFUSED)
        return await self._moved(found, RunStatus.REFUSED, refusal=str(reason), **self._by(principal))

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownRun:
        """Take back what nobody has decided. Raises `NotFound`, `RunDecided`."""
        found = await self._locked(principal, id, REQUEST, expected)
        require_transition(found.status, RunStatus.WITHDRAWN)
        return await self._moved(found, RunStatus.WITHDRAWN, **self._by(principal))

    async def stop(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownRun:
        """Erase nothing more of it. Raises `NotFound`, `Forbidden` below the county, `RunDecided`."""
        found = await self._locked(principal, id, DECIDE, expected)
        self._require_county(principal, found)
        require_transition(found.status, RunStatus.STOPPED)
        assert found.job_id is not None, "it is being carried out"
        await queue.cancel(self._session, found.job_id)
        return await self._moved(found, RunStatus.STOPPED, ended_at=self._clock.now())

    async def read(self, principal: Principal, id: UUID) -> ShownRun:
        """One of an area in scope. Raises `NotFound`."""
        return await self._shown(await self._visible(principal, id))

    async def page(self, principal: Principal, area: str, *, after: UUID | None, limit: int) -> Sequence[ShownRun]:
        """Runs of an area, the newest first. One more than `limit`, if there is one."""
        found = await self._runs.page(principal.scope(REQUEST, within=area), after=after, limit=limit + 1)
        outcomes = await self._runs.outcomes([one.id for one in found])
        return [ShownRun(one, outcomes[one.id]) for one in found]

    async def rows(self, principal: Principal, id: UUID, *, after: UUID | None, limit: int) -> Sequence[RunRow]:
        """Entries of a run of an area in scope, and what became of each; each person is noted. Raises `NotFound`."""
        run = await self._visible(principal, id)
        found = await self._runs.rows(id, after=after, limit=limit + 1)
        for one in found[:limit]:
            note_shown(self._access, principal, "list_retention_run", one.person_id, REQUEST, area=run.area)
        return found

    async def carry_out_next(self, run_id: UUID) -> bool:
        """Erase the next entry of a run, or say why not; at the end it is done. False: nothing is left.

        For the long work: a step each, so that what was done stays done whatever interrupts it.
        """
        run = await self._runs.locked(run_id)
        if run is None or run.status != RunStatus.ORDERED:
            return False
        row = await self._runs.next_row(run_id)
        if row is None:
            await self._moved(run, RunStatus.DONE, ended_at=self._clock.now())
            return False
        outcome, erasure_id = await self._carried_out(run, row)
        await self._runs.tell(row, outcome, erasure_id, self._clock.now())
        return True

    async def _carried_out(self, run: RunRecord, row: RunRow) -> tuple[RowOutcome, UUID | None]:
        await self._erasing.locked(row.person_id)
        if await self._runs.held_by(row.person_id) is not None:
            return RowOutcome.OPEN_MATTER, None
        assert run.decided_by is not None, "it is ordered"
        try:
            erasure_id = await self._erasures.carry_out(
                row.person_id, requested_by=run.requested_by, decided_by=run.decided_by
            )
        except tuple(OUTCOMES) as refused:
            return OUTCOMES[type(refused)], None
        return RowOutcome.ERASED, erasure_id

    async def _decided_by(self, principal: Principal, id: UUID, expected: Seen, to: RunStatus) -> RunRecord:
        found = await self._locked(principal, id, DECIDE, expected)
        self._require_county(principal, found)
        require_transition(found.status, to)
        if found.requested_by == principal.subject:
            raise RunFourEyes(id)
        return found

    def _require_county(self, principal: Principal, run: RunRecord) -> None:
        if not principal.scope(DECIDE).allows(run.area[:COUNTY_DIGITS]):
            raise Forbidden(run.id)

    async def _visible(self, principal: Principal, id: UUID) -> RunRecord:
        found = await self._runs.get(id)
        if found is None or not principal.scope(REQUEST).allows(found.area):
            raise NotFound(id)
        return found

    async def _locked(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> RunRecord:
        found = await self._runs.locked(id)
        if found is None or not principal.scope(permission).allows(found.area):
            raise NotFound(id)
        require_version(found, expected)
        return found

    async def _moved(self, found: RunRecord, to: RunStatus, **changes: Any) -> ShownRun:
        moved = await self._runs.move(found, to, **changes)
        if moved is None:
            raise RunDecided(found.id)
        return await self._shown(moved)

    def _by(self, principal: Principal) -> dict[str, Any]:
        return {"decided_by": principal.subject, "decided_at": self._clock.now()}

    async def _shown(self, run: RunRecord) -> ShownRun:
        return ShownRun(run, (await self._runs.outcomes([run.id]))[run.id])
