"""Use cases of erasing runs: the dry run, asked for by term or by somebody's wish, decided by somebody else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS
from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule
from shared.retentions.run_repository import RunRepository
from shared.retentions.runs import (
    MOST_ENTRIES,
    Count,
    Entry,
    NothingDue,
    Run,
    RunEntry,
    RunFourEyes,
    RunGround,
    RunOutcome,
    RunRefusal,
    RunStatus,
    RunTooLarge,
    RunUnclear,
    outcome_of,
    require_transition,
)
from shared.retentions.service import Retentions

REQUEST, DECIDE = "erasure.request", "erasure.decide"
K = TypeVar("K", bound=NamedCode)


@dataclass(frozen=True, slots=True)
class Wanted(Generic[K]):
    """Which entries: of these areas, by the rules of a day. `holder`: that one alone, whatever the years."""

    scope: Scope
    rules: Mapping[K, RetentionRule]
    day: date
    kind: K | None = None
    holder: UUID | None = None


class Holdings(Protocol[K]):
    """What a service keeps of persons in entries that end."""

    async def due(self, wanted: Wanted[K], *, after: UUID | None, limit: int, held_too: bool = True) -> Sequence[Entry]:
        """Entries that may be erased, by holder. `held_too`: also those of which something is open."""
        ...

    async def count(self, wanted: Wanted[K]) -> Sequence[Count]:
        """How many `due` lists, by kind."""
        ...

    async def lock(self, holders: Collection[UUID]) -> None:
        """None of these moves until the transaction ends."""
        ...

    async def sealed(self, holders: Collection[UUID]) -> Collection[UUID]:
        """Those of these of which anything is sealed."""
        ...

    async def standing(
        self, holders: Collection[UUID], rules: Mapping[K, RetentionRule], day: date
    ) -> Mapping[UUID, Entry]:
        """Those of these of which anything is sealed and that have ended."""
        ...

    async def erase(self, holders: Collection[UUID]) -> int:
        """Nothing sealed stays of these. How many held something."""
        ...


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run, and how many of its entries became what."""

    record: Run
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What is due on a day, by kind."""

    on: date
    counts: Sequence[Count]


class ErasureRuns(Generic[K]):
    """Use cases. A run names its entries; each is judged again, by the rules of that day, when it is decided.

    `noun`: under which accesses are noted.
    """

    def __init__(
        self,
        context: UseCaseContext,
        noun: str,
        rules: Retentions[K],
        runs: RunRepository,
        holdings: Holdings[K],
    ) -> None:
        self._clock = context.clock
        self._access = context.access
        self._noun = noun
        self._rules = rules
        self._runs = runs
        self._holdings = holdings

    async def report(self, principal: Principal, area: str, kind: K | None) -> Report:
        """Dry run: how many are due in an area today, by kind. Raises `NotFound` for an area outside the scope."""
        wanted = await self._wanted(principal, area, kind)
        return Report(wanted.day, await self._holdings.count(wanted))

    async def due(
        self, principal: Principal, area: str, kind: K | None, *, after: UUID | None, limit: int
    ) -> Sequence[Entry]:
        """What is due, by holder; each is noted. One more than `limit`, if there is one, unnoted."""
        found = await self._holdings.due(await self._wanted(principal, area, kind), after=after, limit=limit + 1)
        self._note(principal, "list_due_erasures", REQUEST, [(one.holder, one.area) for one in found[:limit]])
        return found

    async def request(self, principal: Principal, area: str, kind: K | None, holder: UUID | None) -> ShownRun:
        """Ask that what is due in an area is erased; or, of who wishes it, the one entry `holder`.

        Raises `NotFound` for an area outside the scope, `RunUnclear`, `NothingDue`, `RunTooLarge`.
        """
        principal.scope(REQUEST).require(area)
        if kind is not None and holder is not None:
            raise RunUnclear.at("kind")
        wanted = await self._wanted(principal, area, kind, holder)
        entries = await self._holdings.due(wanted, after=None, limit=MOST_ENTRIES + 1, held_too=False)
        if len(entries) > MOST_ENTRIES:
            raise RunTooLarge(area)
        if not entries:
            raise NothingDue(area)
        run = Run(
            id=new_id(),
            version=1,
            status=str(RunStatus.REQUESTED),
            ground=str(RunGround.TERM_OVER if holder is None else RunGround.OWN_WISH),
            area=area,
            kind=kind and str(kind),
            requested_by=principal.subject,
            requested_at=self._clock.now(),
        )
        await self._runs.add(run, entries)
        self._note(principal, "request_erasure_run", REQUEST, [(one.holder, one.area) for one in entries])
        return await self._shown(run)

    async def order(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownRun:
        """Decide that it is carried out: what may be erased still is, in this transaction, for ever.

        Raises `NotFound`, `Forbidden` below the county, `VersionMismatch`, `RunDecided`, `RunFourEyes`.
        """
        run = await self._decided_by(principal, id, expected, RunStatus.DONE)
        rows = await self._runs.rows(id, after=None, limit=MOST_ENTRIES)
        holders = [one.holder for one in rows]
        await self._holdings.lock(holders)
        day = today(self._clock)
        sealed = await self._holdings.sealed(holders)
        standing = await self._holdings.standing(holders, await self._rules.today(), day)
        outcomes = {one: outcome_of(run, one in sealed, standing.get(one), day) for one in holders}
        await self._holdings.erase([one for one, how in outcomes.items() if how is RunOutcome.ERASED])
        await self._runs.tell(id, outcomes)
        self._note(principal, "order_erasure_run", DECIDE, [(one, run.area) for one in holders])
        return await self._shown(await self._runs.move(run, RunStatus.DONE, **self._by(principal)))

    async def refuse(self, principal: Principal, id: UUID, reason: RunRefusal, *, expected: Seen = None) -> ShownRun:
        """Decide that nothing of it is erased. Raises as `order`."""
        run = await self._decided_by(principal, id, expected, RunStatus.REFUSED)
        changes = {**self._by(principal), "refusal": str(reason)}
        return await self._shown(await self._runs.move(run, RunStatus.REFUSED, **changes))

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownRun:
        """Take back what nobody has decided. Raises `NotFound`, `VersionMismatch`, `RunDecided`."""
        run = await self._found(principal, id, REQUEST, lock=True)
        require_version(run, expected)
        require_transition(run.status, RunStatus.WITHDRAWN)
        return await self._shown(await self._runs.move(run, RunStatus.WITHDRAWN, **self._by(principal)))

    async def read(self, principal: Principal, id: UUID) -> ShownRun:
        """One of an area in scope. Raises `NotFound`."""
        return await self._shown(await self._found(principal, id, REQUEST))

    async def page(self, principal: Principal, area: str, *, after: UUID | None, limit: int) -> Sequence[ShownRun]:
        """Runs of an area, the newest first. One more than `limit`, if there is one."""
        found = await self._runs.page(principal.scope(REQUEST, within=area), after=after, limit=limit + 1)
        outcomes = await self._runs.outcomes([one.id for one in found])
        return [ShownRun(one, outcomes[one.id]) for one in found]

    async def entries(self, principal: Principal, id: UUID, *, after: UUID | None, limit: int) -> Sequence[RunEntry]:
        """Entries of a run of an area in scope, and what became of each; each is noted. Raises `NotFound`."""
        run = await self._found(principal, id, REQUEST)
        found = await self._runs.rows(id, after=after, limit=limit + 1)
        self._note(principal, "list_erasure_run", REQUEST, [(one.holder, run.area) for one in found[:limit]])
        return found

    async def _wanted(self, principal: Principal, area: str, kind: K | None, holder: UUID | None = None) -> Wanted[K]:
        scope = principal.scope(REQUEST, within=area)
        return Wanted(scope, await self._rules.today(), today(self._clock), kind, holder)

    async def _decided_by(self, principal: Principal, id: UUID, expected: Seen, to: RunStatus) -> Run:
        run = await self._found(principal, id, DECIDE, lock=True)
        require_version(run, expected)
        if not principal.scope(DECIDE).allows(run.area[:COUNTY_DIGITS]):
            raise Forbidden(run.id)
        require_transition(run.status, to)
        if run.requested_by == principal.subject:
            raise RunFourEyes(id)
        return run

    async def _found(self, principal: Principal, id: UUID, permission: str, *, lock: bool = False) -> Run:
        found = await self._runs.get(id, lock=lock)
        if found is None or not principal.scope(permission).allows(found.area):
            raise NotFound(id)
        return found

    async def _shown(self, run: Run) -> ShownRun:
        return ShownRun(run, (await self._runs.outcomes([run.id]))[run.id])

    def _by(self, principal: Principal) -> dict[str, Any]:
        return {"decided_by": principal.subject, "decided_at": self._clock.now()}

    def _note(self, principal: Principal, action: str, permission: str, entries: Sequence[tuple[UUID, str]]) -> None:
        for holder, area in entries:
            self._access.note(
                principal,
                action=action,
                noun=self._noun,
                object_id=holder,
                area=area,
                purpose=Purpose.INCIDENT,
                detail=Detail.EXISTENCE if action.startswith("list") else Detail.WRITE,
                role=principal.role_in(permission, area),
            )
