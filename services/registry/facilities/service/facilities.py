"""Use cases of facilities (设施): enter, correct, close, reopen, withdraw, undo; they follow changes of areas."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.facilities.domain import (
    CLOSED,
    OPEN,
    WITHDRAWN,
    FacilityFields,
    FacilityNothingToUndo,
    FacilityOfOtherVillage,
    FacilityOperatorEnded,
    FacilityStep,
    FacilityTransitionError,
    FacilityUnchanged,
    check_days,
    check_point,
    checked,
    columns_of,
    read_back,
    require_transition,
)
from services.registry.facilities.models import Facility
from services.registry.facilities.service.handling import MANAGE, FacilityHandling, state_of
from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.organisations.domain import ACTIVE
from services.registry.organisations.repository import OrganisationRepository
from services.registry.organisations.service.handling import READ as READ_ORGANISATION
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.facilities import (
    FacilityBoundaryChanged,
    FacilityClosed,
    FacilityCorrected,
    FacilityEntered,
    FacilityReopened,
    FacilityState,
    FacilityStatus,
    FacilityUndone,
    FacilityWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_all
from shared.reference.areas import same_village, village_of
from shared.reference.written import compared


class Facilities:
    """Use cases that change facilities. A follower of changes of areas (`SeatsFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._placement = Placement(context.session)
        self._organisations = OrganisationRepository(context.session)
        self._handling = FacilityHandling(context)
        self._facilities = self._handling.facilities

    async def enter(self, principal: Principal, new: FacilityFields) -> Facility:
        """Enter a facility. Raises `NotFound`, `Invalid`, `FacilityDatesWrong`, `UnknownArea`, `UnknownGrid`,
        `FacilityPointFar`, `FacilityOperatorEnded`, `FacilityKnown`.
        """
        principal.scope(MANAGE).require(new.area)
        new, made = checked(new), new_id()
        check_days("opened_on", date.min, new.opened_on, today(self._clock))
        await self._check_area(new.area)
        await self._check_point(new)
        await self._check_operator(principal, new.organisation_id)
        await self._handling.require_alone(made, new.area, compared(new.name))
        facility = await self._handling.enter(principal, new, made)
        return self._handling.done(principal, "enter_facility", facility, FacilityEntered)

    async def correct(self, principal: Principal, id: UUID, new: FacilityFields, *, expected: Seen) -> Facility:
        """Set right what is known of a facility, all of it.

        Raises `NotFound`, `VersionMismatch`, `FacilityTransitionError` unless it is open, and as `enter`;
        `FacilityOfOtherVillage`, `FacilityUnchanged`.
        """
        facility = await self._handling.locked(principal, id, expected, placed=True)
        if facility.status != OPEN:
            raise FacilityTransitionError(id)
        if not same_village(facility.area, new.area):
            raise FacilityOfOtherVillage.at("area")
        principal.scope(MANAGE).require(new.area)
        new = checked(new)
        earliest = date.fromisoformat(facility.earlier[-1]["until"]) if facility.earlier else date.min
        check_days("opened_on", earliest, new.opened_on, today(self._clock))
        columns = columns_of(new)
        if all(getattr(facility, name) == columns[name] for name in columns):
            raise FacilityUnchanged(id)
        if new.area != facility.area:
            await self._check_area(new.area)
        if (new.longitude, new.latitude) != (facility.longitude, facility.latitude):
            await self._check_point(new)
        if new.organisation_id != facility.organisation_id:
            await self._check_operator(principal, new.organisation_id)
        if columns["compared"] != facility.compared:
            await self._handling.require_alone(id, new.area, columns["compared"])
            columns["entered_in"] = village_of(new.area)
        return await self._step(principal, facility, FacilityStep.CORRECTED, FacilityCorrected, **columns)

    async def close(self, principal: Principal, id: UUID, *, closed_on: date, expected: Seen) -> Facility:
        """A facility was closed. Raises `FacilityDatesWrong` besides."""
        facility = await self._handling.locked(principal, id, expected)
        require_transition(FacilityStatus(facility.status), CLOSED, id)
        check_days("closed_on", facility.opened_on, closed_on, today(self._clock))
        step, fact = FacilityStep.CLOSED, FacilityClosed
        return await self._step(principal, facility, step, fact, status=CLOSED, closed_on=closed_on)

    async def reopen(self, principal: Principal, id: UUID, *, opened_on: date, expected: Seen) -> Facility:
        """One that was closed opened again on a day. Raises `FacilityDatesWrong`, `FacilityKnown` besides."""
        facility = await self._handling.locked(principal, id, expected, placed=True)
        if facility.status != CLOSED:
            raise FacilityTransitionError(id)
        assert facility.closed_on is not None, "by the table's check"
        check_days("opened_on", facility.closed_on, opened_on, today(self._clock))
        await self._check_area(facility.area)
        await self._handling.require_alone(id, facility.area, facility.compared)
        past = {"since": facility.opened_on.isoformat(), "until": facility.closed_on.isoformat()}
        again: dict[str, Any] = {"opened_on": opened_on, "closed_on": None, "earlier": [*facility.earlier, past]}
        again["entered_in"] = village_of(facility.area)
        return await self._step(principal, facility, FacilityStep.REOPENED, FacilityReopened, status=OPEN, **again)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> Facility:
        """A facility was entered by mistake."""
        facility = await self._handling.locked(principal, id, expected)
        require_transition(FacilityStatus(facility.status), WITHDRAWN, id)
        return await self._step(principal, facility, FacilityStep.WITHDRAWN, FacilityWithdrawn, status=WITHDRAWN)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> Facility:
        """Take back what was done last; asked again, what was done before that. What was undone is kept in the history.

        What a change of areas carried elsewhere stays there. Raises `FacilityNothingToUndo`, `UnknownArea`,
        `UnknownGrid`, `FacilityKnown` besides.
        """
        facility = await self._handling.locked(principal, id, expected, placed=True)
        before = await self._facilities.history.before(id, facility.version)
        if before is None:
            raise FacilityNothingToUndo(id)
        content = read_back(before.content)
        if not same_village(content["area"], facility.area):
            content["area"] = facility.area
        if content["area"] != facility.area:
            principal.scope(MANAGE).require(content["area"])
        content["compared"] = compared(content["name"])
        if content["status"] == OPEN:
            await self._check_area(content["area"])
            if (facility.status, facility.compared) != (OPEN, content["compared"]):
                await self._handling.require_alone(id, content["area"], content["compared"])
                content["entered_in"] = village_of(content["area"])
        moved = await self._handling.move(principal.subject, facility, FacilityStep.UNDONE, before.before, **content)
        return self._handling.done(principal, "undo_facility", moved, FacilityUndone)

    async def follow_areas(
        self, change: UUID, villages: Collection[str], to: Callable[[UUID, str], str | None], on: date
    ) -> None:
        """A change of areas: each facility of the villages goes where `to` says, None: nowhere."""
        for one in await self._facilities.all_locked(villages):
            if (area := to(one.id, one.area)) is not None:
                until = max(on, date.fromisoformat(one.earlier[0]["since"]) if one.earlier else one.opened_on)
                place = {"area": one.area, "until": until.isoformat(), "change": str(change)}
                await self._relocate(one, area, [*one.former, place])

    async def go_back(self, change: UUID) -> None:
        """A change of areas is undone: what it took along is where it was before."""
        for one in await self._facilities.all_taken(change):
            await self._relocate(one, one.former[-1]["area"], one.former[:-1])

    async def put_back(self, change: UUID, id: UUID) -> bool:
        """One that a change of areas took along is where it was before; whether it had been taken along."""
        taken = [one for one in await self._facilities.all_taken(change) if one.id == id]
        for one in taken:
            await self._relocate(one, one.former[-1]["area"], one.former[:-1])
        return bool(taken)

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which there is an open one."""
        return [area for area in sorted(areas) if await self._facilities.any_open(area)]

    async def _relocate(self, facility: Facility, area: str, former: list[Any]) -> None:
        moved = await self._handling.relocate(facility, area, former)
        self._outbox.add(FacilityBoundaryChanged(state=state_of(moved)))

    async def _step(
        self,
        principal: Principal,
        facility: Facility,
        step: FacilityStep,
        fact: type[Fact[FacilityState]],
        **changes: Any,
    ) -> Facility:
        moved = await self._handling.move(principal.subject, facility, step, facility.version, **changes)
        return self._handling.done(principal, f"{ACTIONS[step]}_facility", moved, fact)

    async def _check_point(self, new: FacilityFields) -> None:
        """Raises `FacilityPointFar` if the point lies far from the village's grids."""
        if new.longitude is None or new.latitude is None:
            return
        day = today(self._clock)
        known = await projected_all(self._session, GridState, inside=village_of(new.area))
        grids = [one.polygon for one in known if one.valid_to is None or one.valid_to > day]
        check_point(new.longitude, new.latitude, grids)

    async def _check_operator(self, principal: Principal, id: UUID | None) -> None:
        """Raises `NotFound` for an organisation that the caller may not know, `FacilityOperatorEnded`."""
        if id is None:
            return
        organisation = await self._organisations.locked(id, only_read=True)
        if organisation is None or not principal.scope(READ_ORGANISATION).allows(organisation.area):
            raise NotFound.at("organisation_id", subject=id)
        if organisation.status != ACTIVE:
            raise FacilityOperatorEnded.at("organisation_id", subject=id)

    async def _check_area(self, area: str) -> None:
        """Raises `UnknownArea`, `UnknownGrid`, `NotYet` unless the village or grid exists today."""
        await self._placement.check([Arrival(Place(area, "registered"), None, today(self._clock), "area")])


ACTIONS = {
    FacilityStep.CORRECTED: "correct",
    FacilityStep.CLOSED: "close",
    FacilityStep.REOPENED: "reopen",
    FacilityStep.WITHDRAWN: "withdraw",
}
"""What the access log calls a step."""
