"""Residence answers (居住网格变更答复): a proposal becomes a life event by which nobody moved, or is refused."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import UnknownGrid
from services.registry.households.domain import HouseholdKind, HouseholdStatus
from services.registry.households.repository.households import HouseholdRepository
from services.registry.households.service.boundaries import HouseholdBoundaries
from services.registry.life_events.domain import (
    LifeEvent,
    LifeEventKind,
    PersonMerged,
    Place,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.life_events.service import Arrival, Placement
from services.registry.movements.service.recording import LifeEventRecording
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.correcting import PersonFollower
from services.registry.residence_answers.domain import ProposalLeavesVillage, ResidenceElsewhere, ResidentUnknown
from services.registry.residence_answers.models import ResidenceAnswer
from shared.auth.access_log import Detail, SystemActor
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.grid.grids import GridState
from shared.contracts.grid.residence_proposals import ResidenceProposalState
from shared.contracts.registry.persons import PersonBoundaryChanged
from shared.contracts.registry.residence_answers import ResidenceAnswerState
from shared.errors import NotYet
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.effects import EffectApplying, EffectRepository, answer_of
from shared.messaging.projection.states import projected
from shared.reference.areas import same_village

ACTOR = SystemActor("grid.residence_proposals")
NOBODYS = Scope(())
"""Scope of what is entered by proposal: no book is written."""


class ResidenceAnswers(EffectApplying[ResidenceProposalState, ResidenceAnswer]):
    """Use cases of answers to proposals."""

    request = ResidenceProposalState
    answers = ResidenceAnswerState.noun

    def __init__(
        self, context: UseCaseContext, recording: LifeEventRecording, followers: Sequence[PersonFollower]
    ) -> None:
        super().__init__(context, ResidenceAnswer)
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._placement = Placement(context.session)
        self._households = HouseholdRepository(context.session)
        self._boundaries = HouseholdBoundaries(context)
        self._recording = recording
        self._followers = followers

    def order(self, request: ResidenceProposalState) -> Any:
        """By person: locks are taken in the order of persons, what concerns one of them in the order of ids."""
        return request.person_id, request.id

    async def apply(self, request: ResidenceProposalState) -> None:
        """Enter the person in the other grid of the village; nobody moved, and no book is written.

        Raises `ResidentUnknown`, `PersonMerged`, `ProposalLeavesVillage`, `ResidenceElsewhere`, `UnknownGrid`; and
        `NotYet` while the proposal before it is not answered, or the grid has not arrived here as grid had it.
        """
        if request.follows is not None and not await self._is_answered(request.follows):
            raise NotYet(request.follows)
        if not same_village(request.origin, request.target):
            raise ProposalLeavesVillage.at("target", subject=request.id)
        grid = await projected(self._session, GridState, request.target)
        if grid is None or grid.version < request.target_version:
            raise NotYet(request.target)
        person = await self._persons.locked(request.person_id)
        if person is None:
            raise ResidentUnknown(request.person_id)
        if person.merged_into is not None:
            raise PersonMerged(person.id)
        if person.residence_area != request.origin or person.residence_until is not None:
            raise ResidenceElsewhere(person.id)
        place = Place(request.target, None)
        day = max(request.effective_on, date.fromisoformat(person.residence[-1]["start"]))
        await self._placement.check([Arrival(place, None, day)])
        if grid.valid_to is not None:
            raise UnknownGrid.at("target", subject=request.target)
        after = await self._enter(person, place, day, request)
        await self._relocate_households(after, request, day)

    async def _enter(
        self, person: PersonRecord, place: Place, day: date, request: ResidenceProposalState
    ) -> PersonRecord:
        recorded = await self._events.recorded(person.id)
        event = LifeEvent(
            id=new_id(),
            kind=LifeEventKind.BOUNDARY,
            occurred_on=day,
            reported_on=today(self._clock),
            order=len(recorded) + 1,
            residence=place,
            origin=request.origin,
        )
        after = await self._recording.enter(person, event, recorded, PersonBoundaryChanged, scope=NOBODYS)
        for follower in self._followers:
            await follower.follow(PersonChange(person, after, by=event.id))
        self._access.note(
            ACTOR,
            action="apply_residence_proposal",
            noun="registry.person",
            object_id=person.id,
            area=person.area,
            detail=Detail.WRITE,
        )
        return after

    async def _relocate_households(self, person: PersonRecord, request: ResidenceProposalState, day: date) -> None:
        """A living household of the grid goes along once nobody of it lives there any more."""
        for household in await self._households.of_person_locked(person.id):
            there = household.kind == HouseholdKind.LIVING and household.area == request.origin
            if not there or household.status != HouseholdStatus.ACTIVE:
                continue
            members = [await self._persons.get(one.person_id) for one in household.members if one.until is None]
            homes = {one.residence_area for one in members if one is not None}
            if homes == {request.target}:
                await self._boundaries.follow([household], lambda _: request.target, day)

    async def _is_answered(self, id: UUID) -> bool:
        before = await self._answers.of(id)
        return before is not None and before.answered == before.asked


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next answers, their rows locked."""
    rows = await EffectRepository(session, ResidenceAnswer).locked_after(UUID(after) if after else None, limit)
    return [answer_of(ResidenceAnswerState.noun, "restated", one) for one in rows]
