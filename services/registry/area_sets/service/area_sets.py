"""Use cases of area sets (服务社区、片区): form, correct, change members, dissolve, withdraw, undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.area_sets.domain import (
    DISSOLVED,
    IN_USE,
    WITHDRAWN,
    AreaSetFields,
    AreaSetNothingToUndo,
    AreaSetStep,
    AreaSetTransitionError,
    AreaSetUnchanged,
    Membership,
    check_day,
    ended,
    entered,
    exchanged,
    held_by,
    kept_on,
    named,
    require_transition,
)
from services.registry.area_sets.models import AreaSet
from services.registry.area_sets.service.handling import (
    MANAGE,
    AreaSetHandling,
    ShownSet,
    numbered,
    open_areas,
    read_back,
)
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.area_sets import (
    AreaSetCorrected,
    AreaSetDissolved,
    AreaSetFormed,
    AreaSetKind,
    AreaSetMembersChanged,
    AreaSetUndone,
    AreaSetWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.written import compared


@dataclass(frozen=True, slots=True)
class Exchange:
    """Which areas join a set, and which leave it, on a day."""

    on: date
    joins: Sequence[str]
    leaves: Sequence[str]


class AreaSets:
    """Use cases that change area sets. Whoever changes one answers for the area that holds all its members."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._handling = AreaSetHandling(context)
        self._sets = self._handling.sets

    async def form(
        self, principal: Principal, kind: AreaSetKind, new: AreaSetFields, areas: Sequence[str], *, formed_on: date
    ) -> ShownSet:
        """Form a set of areas on a day.

        Raises `NotFound` unless the caller answers for the area that holds all of them, `Invalid`,
        `AreaSetDatesWrong`, `UnknownArea`, `UnknownGrid`, `NotYet`, `AreaSetHallClosed`, `AreaSetHeadLeft`,
        `AreaSetKnown`, `AreaSetMemberTaken`.
        """
        scope, made = principal.scope(MANAGE), new_id()
        scope.require(*areas)
        new = named(new)
        check_day("formed_on", date.min, formed_on, today(self._clock))
        members = entered(areas, formed_on)
        area = held_by(members, "")
        scope.require(area)
        await self._handling.check_areas(open_areas(members), formed_on)
        await self._handling.check_served(principal, new)
        await self._sets.lock()
        await self._handling.require_alone(made, area, kind, compared(new.name))
        await self._handling.require_free(made, kind, numbered(members))
        one = AreaSet(
            id=made,
            version=1,
            area=area,
            kind=str(kind),
            **_columns(new),
            status=str(IN_USE),
            formed_on=formed_on,
            dissolved_on=None,
            recorded_at=self._clock.now(),
        )
        await self._handling.form(principal, one, members)
        return self._handling.done(principal, "form_area_set", one, members, AreaSetFormed)

    async def correct(self, principal: Principal, id: UUID, new: AreaSetFields, *, expected: Seen) -> ShownSet:
        """Set right name, hall and head of one in use, all of them. Raises `NotFound`, `VersionMismatch`, `Invalid`,
        `AreaSetTransitionError`, `AreaSetUnchanged`, `AreaSetHallClosed`, `AreaSetHeadLeft`, `AreaSetKnown`.
        """
        new, seen = named(new), await self._sets.get(id)
        if seen is not None and principal.scope(MANAGE).allows(seen.area):
            await self._handling.check_served(principal, new, AreaSetFields(seen.name, seen.hall_id, seen.head_id))
        one, members = await self._handling.locked(principal, id, expected)
        if one.status != IN_USE:
            raise AreaSetTransitionError(id)
        columns = _columns(new)
        if all(getattr(one, name) == columns[name] for name in columns):
            raise AreaSetUnchanged(id)
        if columns["compared"] != one.compared:
            await self._handling.require_alone(id, one.area, one.kind, columns["compared"])
        return await self._step(principal, one, members, AreaSetStep.CORRECTED, **columns)

    async def exchange(self, principal: Principal, id: UUID, asked: Exchange, *, expected: Seen) -> ShownSet:
        """Areas join and leave one in use on a day. Raises as `form`, `VersionMismatch`, `AreaSetTransitionError`,
        `AreaSetTooLarge`, and `NotFound` unless the caller answers for what holds all members, before and after.
        """
        scope = principal.scope(MANAGE)
        if asked.joins:
            scope.require(*asked.joins)
        elif not asked.leaves:
            raise AreaSetUnchanged(id)
        paths = [(f"joins.{number}", area) for number, area in enumerate(asked.joins)]
        await self._handling.check_areas(paths, asked.on)
        one, members = await self._handling.locked(principal, id, expected)
        if one.status != IN_USE:
            raise AreaSetTransitionError(id)
        check_day("on", one.formed_on, asked.on, today(self._clock))
        after = exchanged(members, asked.joins, asked.leaves, asked.on)
        scope.require(held_by(after, one.area))
        new = [(path, Membership(area, asked.on)) for path, area in paths]
        await self._handling.require_free(id, one.kind, new)
        return await self._step(principal, one, after, AreaSetStep.MEMBERS_CHANGED)

    async def dissolve(self, principal: Principal, id: UUID, *, dissolved_on: date, expected: Seen) -> ShownSet:
        """A set has no member from a day on. Raises `NotFound`, `VersionMismatch`, `AreaSetTransitionError`,
        `AreaSetDatesWrong`.
        """
        one, members = await self._handling.locked(principal, id, expected)
        require_transition(one.status, DISSOLVED, id)
        check_day("dissolved_on", one.formed_on, dissolved_on, today(self._clock))
        after, changes = ended(members, dissolved_on), {"status": str(DISSOLVED), "dissolved_on": dissolved_on}
        return await self._step(principal, one, after, AreaSetStep.DISSOLVED, **changes)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownSet:
        """A set was entered by mistake. Raises `NotFound`, `VersionMismatch`, `AreaSetTransitionError`."""
        one, members = await self._handling.locked(principal, id, expected)
        require_transition(one.status, WITHDRAWN, id)
        return await self._step(principal, one, members, AreaSetStep.WITHDRAWN, status=str(WITHDRAWN))

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownSet:
        """Take back what was done last; asked again, what was done before that. What was undone is kept in the history.

        What comes back is judged like what is entered: raises `UnknownArea` for a member that ended by a change of
        areas since, which is undone first; `AreaSetMemberTaken`, `AreaSetKnown`, `AreaSetNothingToUndo` besides. A
        member that has come by one stays.
        """
        await self._hold_before(id)
        one, now = await self._handling.locked(principal, id, expected)
        before = await self._sets.history.before(id, one.version)
        if before is None:
            raise AreaSetNothingToUndo(id)
        content = read_back(before.content)
        members = kept_on(content.pop("members"), now)
        content["area"] = held_by(members, content["area"])
        principal.scope(MANAGE).require(content["area"])
        content["compared"] = compared(content["name"])
        if content["status"] != WITHDRAWN:
            await self._handling.check_areas(open_areas(members), today(self._clock))
            await self._handling.require_free(id, one.kind, numbered(members))
        if content["status"] == IN_USE:
            await self._handling.require_alone(id, content["area"], one.kind, content["compared"])
        moved = await self._handling.move(principal.subject, one, AreaSetStep.UNDONE, before.before, members, **content)
        return self._handling.done(principal, "undo_area_set", moved, members, AreaSetUndone)

    async def _hold_before(self, id: UUID) -> None:
        """Hold the villages that an undo brings back or keeps before the set is locked, as changes of areas do."""
        seen = await self._sets.get(id)
        before = None if seen is None else await self._sets.history.before(id, seen.version)
        if before is not None:
            now = (await self._sets.members([id]))[id]
            await self._handling.hold(kept_on(read_back(before.content)["members"], now))

    async def _step(
        self, principal: Principal, one: AreaSet, members: Sequence[Membership], step: AreaSetStep, **changes: Any
    ) -> ShownSet:
        action, fact = STEPS[step]
        moved = await self._handling.move(principal.subject, one, step, one.version, members, **changes)
        return self._handling.done(principal, action, moved, members, fact)


STEPS = {
    AreaSetStep.CORRECTED: ("correct_area_set", AreaSetCorrected),
    AreaSetStep.MEMBERS_CHANGED: ("change_area_set_members", AreaSetMembersChanged),
    AreaSetStep.DISSOLVED: ("dissolve_area_set", AreaSetDissolved),
    AreaSetStep.WITHDRAWN: ("withdraw_area_set", AreaSetWithdrawn),
}
"""What the access log calls a step, and the fact that announces it."""


def _columns(new: AreaSetFields) -> dict[str, Any]:
    """What is entered, by the columns of the table."""
    return {"name": new.name, "compared": compared(new.name), "hall_id": new.hall_id, "head_id": new.head_id}
