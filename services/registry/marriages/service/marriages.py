"""Use cases of marriages (婚姻): register, divorce, death of an outside spouse, restore, withdraw, read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.households.domain import Succession
from services.registry.life_events.domain import ReversalReason
from services.registry.marriages.domain import (
    DivorceIncomplete,
    HouseholdNotShared,
    MarriageEnded,
    MarriageNotEnded,
    MarriageRecord,
    MarriageRestedOn,
    MarriageStep,
    Settlement,
    SpouseInRegister,
    Step,
    ended,
    require_transition,
)
from services.registry.marriages.repository import MarriageRepository
from services.registry.marriages.service.checking import MarriageChecking, named
from services.registry.marriages.service.reads import MarriageReads, ShownMarriage
from services.registry.marriages.service.settling import Arrangement, Cause, MarriageSettling
from services.registry.marriages.service.steps import check_days, taken
from services.registry.marriages.service.undoing import MarriageUndoing
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.marriages import (
    MarriageDivorced,
    MarriageRestated,
    MarriageRestored,
    MarriageState,
    MarriageStatus,
    MarriageWidowed,
    MarriageWithdrawn,
)
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext

RECORD = "life_event.record"


class Marriages:
    """Use cases of marriages. Both spouses are locked before anything else; `expected`: the version seen of one."""

    def __init__(self, context: UseCaseContext, settling: MarriageSettling, undoing: MarriageUndoing) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._marriages = MarriageRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._checking = MarriageChecking(context)
        self._reads = MarriageReads(context)
        self._settling = settling
        self._undoing = undoing

    async def divorce(
        self,
        principal: Principal,
        id: UUID,
        divorced_on: date,
        households_on: date | None,
        arrangements: Sequence[Arrangement],
        succession: Succession | None,
        *,
        expected: Seen = None,
    ) -> ShownMarriage:
        """Record a divorce, and who leaves, or is something else in, each household in which both are.

        Raises `NotFound`, `MarriageEnded`, `MarriageDatesWrong`, `DivorceIncomplete`, `HouseholdNotShared`, and what
        settling is refused for.
        """
        found, people = await self._locked(principal, id, "record_divorce", expected)
        require_transition(found.status, MarriageStatus.DIVORCED)
        on = check_days(today(self._clock), divorced_on, households_on, "divorced_on", since=found.married_on)
        both = people if found.spouse_id is not None else {}
        shared = {one.kind: one for one in await self._settling.shared(both)}
        told = [str(one.kind) for one in arrangements]
        if wrong := [n for n, kind in enumerate(told) if kind not in shared or told.index(kind) != n]:
            raise HouseholdNotShared.at(*(f"households.{n}.kind" for n in wrong))
        if shared.keys() - set(told):
            raise DivorceIncomplete.at("households")
        earlier = (await self._marriages.settlements_of([id]))[id]
        cause = Cause(id, on, by_divorce=True, first=len(earlier))
        done = await self._settling.settle(principal, cause, people, arrangements, succession)
        moved = await self._move(found, MarriageStatus.DIVORCED, divorced_on=divorced_on, ended_on=divorced_on)
        self._marriages.add_settlements(done)
        step = taken(principal, self._clock, moved, MarriageStep.DIVORCED, divorced_on)
        self._outbox.add(MarriageDivorced(state=MarriageState.model_validate(moved)))
        return await self._told(moved, step, [*earlier, *done])

    async def spouse_died(
        self, principal: Principal, id: UUID, died_on: date, *, expected: Seen = None
    ) -> ShownMarriage:
        """Record that an outside spouse has died. Raises `NotFound`, `SpouseInRegister`, `MarriageEnded`, for days."""
        found, _ = await self._locked(principal, id, "record_spouse_death", expected)
        if not found.outside:
            raise SpouseInRegister(id)
        if found.status != MarriageStatus.MARRIED:
            raise MarriageEnded(id)
        check_days(today(self._clock), died_on, None, "died_on", since=found.married_on)
        moved = await self._move(found, MarriageStatus.WIDOWED, outside_died_on=died_on, ended_on=died_on)
        step = taken(principal, self._clock, moved, MarriageStep.WIDOWED, died_on)
        self._outbox.add(MarriageWidowed(state=MarriageState.model_validate(moved)))
        return await self._told(moved, step)

    async def restore(
        self, principal: Principal, id: UUID, reason: ReversalReason, *, expected: Seen = None
    ) -> ShownMarriage:
        """Take the divorce, or the death of an outside spouse, back, and what the divorce changed in households.

        Raises `NotFound`, `MarriageNotEnded`, `MarriageRestedOn` with the later marriages of either, and what undoing
        is refused for.
        """
        found, people = await self._locked(principal, id, "restore_marriage", expected)
        entered = found.divorced_on is not None or found.outside_died_on is not None
        if not entered or found.status == MarriageStatus.WITHDRAWN:
            raise MarriageNotEnded(id)
        again = replace(found, divorced_on=None, outside_died_on=None)
        vitals = await self._marriages.vitals(found.people)
        end = ended(again, {who: one.died_on for who, one in vitals.items()})
        assert end is not None, "without what was entered nothing contradicts the deaths"
        again = replace(again, status=str(end.status), ended_on=end.on)
        await self._require_unmarried_since(again, people, locked=False)
        settlements = (await self._marriages.settlements_of([id]))[id]
        await self._undoing.take_back(principal, [one for one in settlements if one.by_divorce], reason)
        await self._require_unmarried_since(again, people, locked=True)
        moved = await self._move(found, end.status, divorced_on=None, outside_died_on=None, ended_on=end.on)
        step = taken(principal, self._clock, moved, MarriageStep.RESTORED, found.ended_on or today(self._clock), reason)
        self._outbox.add(MarriageRestored(state=MarriageState.model_validate(moved)))
        return await self._told(moved, step)

    async def withdraw(
        self, principal: Principal, id: UUID, reason: ReversalReason, *, expected: Seen = None
    ) -> ShownMarriage:
        """Take a marriage back that was an entry by mistake; while it stands, with what it changed in households.

        Raises `NotFound`, `MarriageEnded` if it was withdrawn already, and what undoing is refused for.
        """
        found, _ = await self._locked(principal, id, "withdraw_marriage", expected)
        require_transition(found.status, MarriageStatus.WITHDRAWN)
        if found.status == MarriageStatus.MARRIED:
            settlements = (await self._marriages.settlements_of([id]))[id]
            await self._undoing.take_back(principal, settlements, reason)
        moved = await self._move(found, MarriageStatus.WITHDRAWN)
        step = taken(principal, self._clock, moved, MarriageStep.WITHDRAWN, found.married_on, reason)
        self._outbox.add(MarriageWithdrawn(state=MarriageState.model_validate(moved)))
        return await self._told(moved, step)

    async def _locked(
        self, principal: Principal, id: UUID, action: str, expected: Seen
    ) -> tuple[MarriageRecord, Mapping[UUID, PersonRecord]]:
        """A marriage of somebody in the caller's areas, as it is under the locks of both spouses.

        Of a spouse who was merged, it is whoever goes on who is looked after, and who is in households.
        """
        found = await self._marriages.get(id)
        if found is None:
            raise NotFound(id)
        spouses = await self._marriages.going_on(found.people)
        locked = await self._persons.all_locked({*spouses, *spouses.values()})
        if await self._marriages.going_on(found.people) != spouses:  # merged or separated at this moment
            raise VersionMismatch(id)
        people = {who: locked[who] for who in spouses.values()}
        scope = principal.scope(RECORD)
        if not any(scope.allows_any(*one.areas) for one in people.values()):
            raise NotFound(id)
        found = await self._marriages.get(id) or found
        require_version(found, expected)
        self._note(principal, action, people)
        return found, people

    async def _require_unmarried_since(
        self, marriage: MarriageRecord, people: Mapping[UUID, PersonRecord], *, locked: bool
    ) -> None:
        others = await self._checking.others(marriage, people, locked=locked)
        if others:
            raise MarriageRestedOn(marriage.id, errors=named(others))

    async def _move(self, seen: MarriageRecord, to: MarriageStatus, **changes: date | None) -> MarriageRecord:
        moved = await self._marriages.move(seen, to, **changes)
        if moved is None:
            raise VersionMismatch(seen.id)
        return moved

    async def _told(
        self, marriage: MarriageRecord, step: Step, settlements: Sequence[Settlement] | None = None
    ) -> ShownMarriage:
        steps = (await self._marriages.steps_of([marriage.id]))[marriage.id]
        self._marriages.add_step(step)
        if settlements is None:
            settlements = (await self._marriages.settlements_of([marriage.id]))[marriage.id]
        return self._reads.shown(marriage, [*steps, step], settlements)

    def _note(self, principal: Principal, action: str, people: Mapping[UUID, PersonRecord]) -> None:
        for person in people.values():
            note(self._access, principal, action, person, RECORD, Detail.WRITE)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[MarriageRestated]:
    """Restated facts of the next marriages, their rows locked."""
    found = await MarriageRepository(session).locked_after(UUID(after) if after else None, limit)
    return [MarriageRestated(state=MarriageState.model_validate(one)) for one in found]
