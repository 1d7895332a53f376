"""Use cases of organisations (组织): enter, correct, end, reopen, withdraw, undo; they follow changes of areas."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.organisations.domain import (
    ACTIVE,
    ENDED,
    WITHDRAWN,
    OrganisationFields,
    OrganisationNothingToUndo,
    OrganisationOfOtherVillage,
    OrganisationStep,
    OrganisationTransitionError,
    OrganisationUnchanged,
    check_days,
    checked,
    require_transition,
)
from services.registry.organisations.models import Organisation
from services.registry.organisations.service.handling import (
    MANAGE,
    OrganisationHandling,
    ShownOrganisation,
    columns_of,
    read_back,
)
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.organisations import (
    OrganisationBoundaryChanged,
    OrganisationCorrected,
    OrganisationEnded,
    OrganisationEntered,
    OrganisationReopened,
    OrganisationState,
    OrganisationStatus,
    OrganisationUndone,
    OrganisationWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import same_village, village_of
from shared.reference.written import compared


class Organisations:
    """Use cases that change organisations. A follower of changes of areas (`AreaFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._placement = Placement(context.session)
        self._handling = OrganisationHandling(context)
        self._organisations = self._handling.organisations

    async def enter(self, principal: Principal, new: OrganisationFields) -> ShownOrganisation:
        """Enter an organisation. Raises `NotFound`, `Invalid`, `OrganisationDatesWrong`, `UnknownArea`, `UnknownGrid`,
        `OrganisationKnown`.
        """
        principal.scope(MANAGE).require(new.area)
        new, made = checked(new), new_id()
        self._check_days(new, ())
        await self._check_area(new.area)
        await self._handling.require_alone(made, new.area, new.name, new.credit_code)
        organisation = await self._handling.enter(principal, new, made)
        return self._handling.done(principal, "enter_organisation", organisation, OrganisationEntered)

    async def correct(
        self, principal: Principal, id: UUID, new: OrganisationFields, *, expected: Seen
    ) -> ShownOrganisation:
        """Set right what is known of an organisation, all of it.

        Raises `NotFound`, `VersionMismatch`, `OrganisationTransitionError` unless it is active, and as `enter`;
        `OrganisationOfOtherVillage`, `OrganisationUnchanged`.
        """
        organisation = await self._handling.locked(principal, id, expected, placed=True)
        if organisation.status != ACTIVE:
            raise OrganisationTransitionError(id)
        if not same_village(organisation.area, new.area):
            raise OrganisationOfOtherVillage.at("area")
        principal.scope(MANAGE).require(new.area)
        new = checked(new)
        self._check_days(new, organisation.earlier)
        columns = columns_of(new)
        same = all(getattr(organisation, name) == columns[name] for name in columns)
        if same and self._handling.opened(id, organisation.contact_sealed) == new.contact:
            raise OrganisationUnchanged(id)
        if new.area != organisation.area:
            await self._check_area(new.area)
        if (organisation.compared, organisation.credit_code) != (columns["compared"], new.credit_code):
            await self._handling.require_alone(id, new.area, new.name, new.credit_code)
            columns["entered_in"] = village_of(new.area)
        sealed = self._handling.seal(id, new.contact)
        return await self._step(
            principal, organisation, OrganisationStep.CORRECTED, OrganisationCorrected, contact_sealed=sealed, **columns
        )

    async def end(self, principal: Principal, id: UUID, *, ended_on: date, expected: Seen) -> ShownOrganisation:
        """An organisation is no more. Raises `OrganisationDatesWrong` besides."""
        organisation = await self._handling.locked(principal, id, expected)
        require_transition(OrganisationStatus(organisation.status), ENDED, id)
        check_days("ended_on", organisation.began_on, ended_on, today(self._clock))
        step, fact = OrganisationStep.ENDED, OrganisationEnded
        return await self._step(principal, organisation, step, fact, status=ENDED, ended_on=ended_on)

    async def reopen(self, principal: Principal, id: UUID, *, began_on: date, expected: Seen) -> ShownOrganisation:
        """One that had ended began again on a day. Raises `OrganisationDatesWrong`, `OrganisationKnown` besides."""
        organisation = await self._handling.locked(principal, id, expected, placed=True)
        if organisation.status != ENDED:
            raise OrganisationTransitionError(id)
        assert organisation.ended_on is not None, "by the table's check"
        check_days("began_on", organisation.ended_on, began_on, today(self._clock))
        await self._check_area(organisation.area)
        await self._handling.require_alone(id, organisation.area, organisation.name, organisation.credit_code)
        past = {"since": organisation.began_on.isoformat(), "until": organisation.ended_on.isoformat()}
        again: dict[str, Any] = {"began_on": began_on, "ended_on": None, "earlier": [*organisation.earlier, past]}
        again["entered_in"] = village_of(organisation.area)
        step, fact = OrganisationStep.REOPENED, OrganisationReopened
        return await self._step(principal, organisation, step, fact, status=ACTIVE, **again)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownOrganisation:
        """An organisation was entered by mistake."""
        organisation = await self._handling.locked(principal, id, expected)
        require_transition(OrganisationStatus(organisation.status), WITHDRAWN, id)
        step, fact = OrganisationStep.WITHDRAWN, OrganisationWithdrawn
        return await self._step(principal, organisation, step, fact, status=WITHDRAWN)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownOrganisation:
        """Take back what was done last; asked again, what was done before that. What was undone is kept in the history.

        A seat that a change of areas carried elsewhere stays there. Raises `OrganisationNothingToUndo`, `UnknownArea`,
        `UnknownGrid`, `OrganisationKnown` besides.
        """
        organisation = await self._handling.locked(principal, id, expected, placed=True)
        before = await self._organisations.history.before(id, organisation.version)
        if before is None:
            raise OrganisationNothingToUndo(id)
        content = read_back(before.content)
        if not same_village(content["area"], organisation.area):
            content["area"] = organisation.area
        if content["area"] != organisation.area:
            principal.scope(MANAGE).require(content["area"])
        named = {"compared": compared(content["name"])}
        if content["status"] == ACTIVE:
            await self._check_area(content["area"])
            told = (ACTIVE, named["compared"], content["credit_code"])
            if (organisation.status, organisation.compared, organisation.credit_code) != told:
                await self._handling.require_alone(id, content["area"], content["name"], content["credit_code"])
                named["entered_in"] = village_of(content["area"])
        moved = await self._handling.move(
            principal.subject,
            organisation,
            OrganisationStep.UNDONE,
            before.before,
            contact_sealed=before.contact_sealed,
            **content,
            **named,
        )
        return self._handling.done(principal, "undo_organisation", moved, OrganisationUndone)

    async def follow_areas(
        self, change: UUID, villages: Collection[str], to: Callable[[UUID, str], str | None], on: date
    ) -> None:
        """A change of areas: each organisation of the villages goes where `to` says, None: nowhere."""
        for one in await self._organisations.all_locked(villages):
            if (area := to(one.id, one.area)) is not None:
                until = max(on, date.fromisoformat(one.earlier[0]["since"]) if one.earlier else one.began_on)
                place = {"area": one.area, "until": until.isoformat(), "change": str(change)}
                await self._relocate(one, area, [*one.former, place])

    async def go_back(self, change: UUID) -> None:
        """A change of areas is undone: what it took along has its seat where it had it before."""
        for one in await self._organisations.all_taken(change):
            await self._relocate(one, one.former[-1]["area"], one.former[:-1])

    async def put_back(self, change: UUID, id: UUID) -> bool:
        """One that a change of areas took along is where it was before; whether it had been taken along."""
        taken = [one for one in await self._organisations.all_taken(change) if one.id == id]
        for one in taken:
            await self._relocate(one, one.former[-1]["area"], one.former[:-1])
        return bool(taken)

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which an active one has its seat."""
        return [area for area in sorted(areas) if await self._organisations.any_active(area)]

    async def _relocate(self, organisation: Organisation, area: str, former: list[Any]) -> None:
        moved = await self._handling.relocate(organisation, area, former)
        self._outbox.add(OrganisationBoundaryChanged(state=OrganisationState.model_validate(moved)))

    async def _step(
        self, principal: Principal, organisation: Organisation, step: OrganisationStep, fact: Any, **changes: Any
    ) -> ShownOrganisation:
        moved = await self._handling.move(principal.subject, organisation, step, organisation.version, **changes)
        return self._handling.done(principal, f"{ACTIONS[step]}_organisation", moved, fact)

    def _check_days(self, new: OrganisationFields, earlier: Sequence[Any]) -> None:
        day = today(self._clock)
        check_days("began_on", date.fromisoformat(earlier[-1]["until"]) if earlier else date.min, new.began_on, day)
        if new.registered_on is not None:
            check_days("registered_on", date.min, new.registered_on, day)

    async def _check_area(self, area: str) -> None:
        """Raises `UnknownArea`, `UnknownGrid`, `NotYet` unless the village or grid exists today."""
        await self._placement.check([Arrival(Place(area, "registered"), None, today(self._clock), "area")])


ACTIONS = {
    OrganisationStep.CORRECTED: "correct",
    OrganisationStep.ENDED: "end",
    OrganisationStep.REOPENED: "reopen",
    OrganisationStep.WITHDRAWN: "withdraw",
}
"""What the access log calls a step."""
