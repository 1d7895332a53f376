"""Use cases of terms (任职): enter, correct, end, withdraw, undo; they follow changes of areas."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.life_events.domain import PersonDeceased, PersonNotActive, Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.persons.domain import require_kept
from services.registry.terms.domain import (
    IN_OFFICE,
    LEFT,
    WITHDRAWN,
    TermEnd,
    TermFields,
    TermNothingToUndo,
    TermOfOtherVillage,
    TermStep,
    TermTransitionError,
    TermUnchanged,
    check_days,
    checked,
    destinations,
    require_transition,
)
from services.registry.terms.models import Term
from services.registry.terms.service.handling import (
    CONTACT,
    MANAGE,
    ShownTerm,
    TermHandling,
    columns_of,
    read_back,
    was,
)
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonStatus
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import same_village, village_of

READ_PERSON = "person.read"


class Terms:
    """Use cases that change terms. A follower of changes of areas (`PostsFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._placement = Placement(context.session)
        self._handling = TermHandling(context)
        self._terms = self._handling.terms

    async def enter(self, principal: Principal, new: TermFields) -> ShownTerm:
        """Enter a term. Raises `NotFound`, `Invalid`, `TermDoesNotFit`, `TermDatesWrong`, `UnknownArea`, `UnknownGrid`,
        `PersonDeceased`, `PersonNotActive`, `TermOverlaps`.
        """
        principal.scope(MANAGE).require(new.area)
        new = checked(new, today=today(self._clock))
        await self._check_area(new.area)
        await self._check_person(principal, new.person_id)
        made = new_id()
        term = Term(
            id=made,
            version=1,
            **columns_of(new),
            holder_sealed=self._handling.seal(made, new.name, new.sex, new.phone),
            ended_on=None,
            end_reason=None,
            status=str(IN_OFFICE),
            ended_by=None,
            former=[],
            recorded_at=self._clock.now(),
        )
        await self._handling.require_free(term)
        return await self._handling.done(principal, "enter_term", await self._handling.enter(principal, term))

    async def correct(self, principal: Principal, id: UUID, new: TermFields, *, expected: Seen) -> ShownTerm:
        """Set right what is known of a valid term, all of it. Raises as `enter`, and `TermTransitionError`,
        `TermOfOtherVillage`, `TermUnchanged`.

        Who sees the phone masked cannot send it back: what is left out stays, unless it is seen in full.
        """
        term = await self._handling.locked(principal, id, expected)
        if term.status != IN_OFFICE:
            raise TermTransitionError(id)
        if not same_village(term.area, new.area):
            raise TermOfOtherVillage.at("area")
        principal.scope(MANAGE).require(new.area)
        new = checked(new, today=today(self._clock))
        name, sex, phone = self._handling.opened(id, term.holder_sealed)
        kept = new.phone
        if kept is None and not principal.scope(MANAGE, CONTACT).allows(term.area):
            kept = phone
        columns = columns_of(new)
        same = all(getattr(term, column) == columns[column] for column in columns)
        if same and (name, sex, phone) == (new.name, new.sex, kept):
            raise TermUnchanged(id)
        if new.area != term.area:
            await self._check_area(new.area)
        if new.person_id != term.person_id:
            await self._check_person(principal, new.person_id)
        elif new.person_id is not None and (holder := await self._handling.persons.get(new.person_id)) is not None:
            require_kept(holder)
        await self._handling.require_free(Term(id=id, ended_on=None, **columns))
        sealed = self._handling.seal(id, new.name, new.sex, kept)
        moved = await self._handling.move(
            principal.subject, term, TermStep.CORRECTED, term.version, holder_sealed=sealed, **columns
        )
        return await self._handling.done(principal, "correct_term", moved)

    async def end(
        self, principal: Principal, id: UUID, *, ended_on: date, reason: TermEnd, expected: Seen
    ) -> ShownTerm:
        """Somebody is in office no more from a day on. Raises `TermTransitionError`, `TermDatesWrong` besides."""
        term = await self._handling.locked(principal, id, expected)
        require_transition(term.status, LEFT, id)
        check_days("ended_on", term.began_on, ended_on, today(self._clock))
        changes = {"status": str(LEFT), "ended_on": ended_on, "end_reason": str(reason)}
        moved = await self._handling.move(principal.subject, term, TermStep.ENDED, term.version, **changes)
        return await self._handling.done(principal, "end_term", moved)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownTerm:
        """A term was entered by mistake."""
        term = await self._handling.locked(principal, id, expected)
        require_transition(term.status, WITHDRAWN, id)
        step, status = TermStep.WITHDRAWN, str(WITHDRAWN)
        moved = await self._handling.move(principal.subject, term, step, term.version, status=status)
        return await self._handling.done(principal, "withdraw_term", moved)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownTerm:
        """Take back what was done last; asked again, what was done before that. What was undone is kept in the history.

        A post that a change of areas carried elsewhere stays there. Raises `TermNothingToUndo`, `TermOverlaps`,
        `UnknownArea`, `UnknownGrid` besides.
        """
        term = await self._handling.locked(principal, id, expected)
        before = await self._terms.history.before(id, term.version)
        if before is None:
            raise TermNothingToUndo(id)
        content = read_back(before.content)
        if not same_village(content["area"], term.area):
            content["area"] = term.area
        if content["area"] != term.area:
            principal.scope(MANAGE).require(content["area"])
        again = was(before)
        again.area = content["area"]
        if content["status"] == IN_OFFICE:
            await self._check_area(content["area"])
        if content["status"] != WITHDRAWN:
            await self._handling.require_free(again)
        moved = await self._handling.move(
            principal.subject, term, TermStep.UNDONE, before.before, holder_sealed=before.holder_sealed, **content
        )
        return await self._handling.done(principal, "undo_term", moved)

    async def follow_villages(
        self, change: UUID, villages: Mapping[str, bool], to: Callable[[UUID, str], str | None], on: date
    ) -> None:
        """A change of areas: a committee that alone goes to another code goes on there; others end with their village.

        `villages`: whether each ends. Posts of a grid end with it, or if it goes to another village.
        """
        terms = await self._terms.all_locked(villages)
        goals = {village: to(change, village) for village, ends in villages.items() if ends}
        held = await self._terms.held({goal for goal in goals.values() if goal is not None})
        where = destinations(goals, held)
        for one in terms:
            village = village_of(one.area)
            if one.area == village and (goal := where.get(village)) is not None:
                place = {"area": one.area, "until": max(on, one.began_on).isoformat(), "change": str(change)}
                await self._handling.follow(one, TermStep.BOUNDARY_CHANGED, area=goal, former=[*one.former, place])
            elif villages[village] or (one.area != village and to(one.id, one.area) is not None):
                ends = {"status": str(LEFT), "ended_on": max(on, one.began_on), "ended_by": change}
                reason = str(TermEnd.AREA_CHANGED)
                await self._handling.follow(one, TermStep.BOUNDARY_ENDED, end_reason=reason, **ends)

    async def go_back(self, change: UUID) -> None:
        """A change of areas is undone: who held a post before holds it again, unless the term was changed since."""
        for one in await self._terms.all_of_change(change):
            if one.ended_by == change:
                if one.status != LEFT:
                    continue  # it was entered by mistake, as somebody has said since
                again = {"status": str(IN_OFFICE), "ended_on": None, "end_reason": None, "ended_by": None}
                await self._handling.follow(one, TermStep.BOUNDARY_UNDONE, **again)
                continue
            area, former = one.former[-1]["area"], one.former[:-1]
            await self._handling.follow(one, TermStep.BOUNDARY_UNDONE, area=area, former=former)

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which somebody holds a post: none of them may go while that is so."""
        return sorted(await self._terms.held(areas))

    async def _check_person(self, principal: Principal, id: UUID | None) -> None:
        """Raises `NotFound` for somebody outside the scope, `PersonDeceased`, `PersonNotActive`."""
        if id is None:
            return
        person = await self._handling.persons.get(id)
        if person is None or not principal.scope(READ_PERSON).allows_any(*person.areas):
            raise NotFound.at("person_id", subject=id)
        if person.died_on is not None:
            raise PersonDeceased.at("person_id", subject=id)
        if person.status != PersonStatus.ACTIVE:
            raise PersonNotActive.at("person_id", subject=id)

    async def _check_area(self, area: str) -> None:
        """Raises `UnknownArea`, `UnknownGrid`, `NotYet` unless the village or grid exists today."""
        await self._placement.check([Arrival(Place(area, "registered"), None, today(self._clock), "area")])
