"""Residences that granted cases register, change, cancel (居住登记、变更、注销): life events of one village."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from services.registry.life_events.domain import LifeEventKind, PersonNotActive, Place, is_counted
from services.registry.life_events.service import Arrival, Placement
from services.registry.movements.service.recording import Happening, LifeEventRecording
from services.registry.persons.domain import PersonRecord, spans_of
from services.registry.postings.domain import BookOfAnotherPlace
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonMovedIn, PersonMovedOut
from shared.contracts.registry.postings import Book
from shared.contracts.services_hall.case_effects import CaseEffectKind, CaseEffectState
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

Entering = Callable[[PersonRecord, CaseEffectState], Awaitable[UUID]]


class ResidenceEffects:
    """Life events by the authority of the village that is named: its book is written, no other. Persons are locked."""

    def __init__(self, context: UseCaseContext, recording: LifeEventRecording) -> None:
        self._placement = Placement(context.session)
        self._recording = recording
        self.entering: Mapping[CaseEffectKind, Entering] = {
            CaseEffectKind.RESIDENCE_REGISTRATION: self.register,
            CaseEffectKind.RESIDENCE_CHANGE: self.change,
            CaseEffectKind.RESIDENCE_CANCELLATION: self.cancel,
        }

    async def register(self, person: PersonRecord, request: CaseEffectState) -> UUID:
        """居住登记: the person moves in. Returns the life event's id.

        Raises what a move-in is refused for by its place, its day and the history of the person, and
        `BookOfAnotherPlace` for who lives in another village of the county on that day or after it: they leave it by a
        transfer, to which that village agrees. Raises `NotYet` for a grid that has not arrived here.
        """
        for span in spans_of(person.residence):
            other = is_counted(span.area) and village_of(span.area) != village_of(request.area)
            if other and (span.end is None or span.end > request.starts_on):
                raise BookOfAnotherPlace(person.id)
        return await self._move(person, request)

    async def change(self, person: PersonRecord, request: CaseEffectState) -> UUID:
        """居住登记变更: who lives in the village lives at another place of it, a grid of its. No book is written.

        Raises as `register`, and `PersonNotActive` for who does not live here.
        """
        self._require_resident(person, request)
        return await self._move(person, request)

    async def cancel(self, person: PersonRecord, request: CaseEffectState) -> UUID:
        """居住登记注销: who lives in the village leaves it, and stays registered where they are registered.

        Raises as `change`, and what leaving a household is refused for.
        """
        self._require_resident(person, request)
        books = frozenset({Book.RESIDENCE})
        told = Happening(LifeEventKind.MOVE_OUT, request.starts_on, None, PersonMovedOut, leaves=books)
        return await self._enter(person, told, request)

    async def _move(self, person: PersonRecord, request: CaseEffectState) -> UUID:
        place = Place(request.area, None)
        await self._placement.check([Arrival(place, None, request.starts_on, "area")])
        told = Happening(LifeEventKind.MOVE_IN, request.starts_on, None, PersonMovedIn, residence=place)
        return await self._enter(person, told, request)

    async def _enter(self, person: PersonRecord, told: Happening, request: CaseEffectState) -> UUID:
        _, event_id = await self._recording.record(person, told, scope=Scope((village_of(request.area),)))
        return event_id

    @staticmethod
    def _require_resident(person: PersonRecord, request: CaseEffectState) -> None:
        home = person.residence_area
        if home is None or person.residence_until is not None or not is_counted(home):
            raise PersonNotActive(person.id)
        if village_of(home) != village_of(request.area):
            raise BookOfAnotherPlace(person.id)
