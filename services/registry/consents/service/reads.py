"""Reading of consents: one, its history, a person's, those of an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.consents.domain import ConsentFilter, ConsentReason, ConsentRecord, ConsentStep
from services.registry.consents.repository import ConsentRepository, Located
from services.registry.consents.service.handling import MANAGE, READ, ConsentHandling, read_back
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.notes import note, note_nothing, note_shown
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.consents import ConsentRestated, ConsentState, ConsentStatus, ConsentWay
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True, repr=False)
class ShownStep:
    """What a consent was from a step on, and by what that was done. The repr shows nothing."""

    version: int
    step: ConsentStep
    status: ConsentStatus
    ended_on: date | None
    way: ConsentWay | None
    proof_id: UUID | None
    reason: ConsentReason | None
    reference: str | None
    done_by: str | None
    done_at: datetime


class ConsentReads:
    """Use cases that read; every look is noted at the person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._access = context.access
        self._handling = ConsentHandling(context)
        self._consents = self._handling.consents

    async def read(self, principal: Principal, id: UUID) -> ConsentRecord:
        """One of a person in scope. Raises `NotFound`."""
        found = await self._consents.get(id)
        if found is None:
            note_nothing(self._access, principal, "read_consent", None)
            raise NotFound(id)
        await self._person(principal, found.person_id, "read_consent")
        return found

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[ShownStep]:
        """What was done to one in scope, the first step first; numbers of papers to who enters consents.

        Raises `NotFound`.
        """
        found = await self._consents.get(id)
        if found is None:
            note_nothing(self._access, principal, "read_consent", None)
            raise NotFound(id)
        person = await self._person(principal, found.person_id, "read_consent")
        full = principal.scope(MANAGE).allows_any(*person.areas)
        rows = await self._consents.history.page(id, after=after, limit=limit + 1)
        shown = []
        for row in rows:
            content = read_back(row.content)
            shown.append(
                ShownStep(
                    version=row.version,
                    step=ConsentStep(row.step),
                    status=ConsentStatus(content["status"]),
                    ended_on=content["ended_on"],
                    way=ConsentWay(row.way) if row.way else None,
                    proof_id=row.proof_id,
                    reason=ConsentReason(row.reason) if row.reason else None,
                    reference=self._handling.reference(row) if full else None,
                    done_by=row.done_by,
                    done_at=row.done_at,
                )
            )
        return shown

    async def of_person(self, principal: Principal, person_id: UUID) -> Sequence[ConsentRecord]:
        """A person's, the earliest first, those that are over too. Raises `NotFound`."""
        person = await self._person(principal, person_id, "read_consents")
        return await self._consents.of(person.id)

    async def page(
        self, principal: Principal, area: str, wanted: ConsentFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Located]:
        """What holds on a day of an area's persons, by id; each person is noted.

        One more than `limit`, if there is one, unnoted. Raises `NotFound` for an area outside the scope.
        """
        seen, within = principal.scope(READ, within=area), principal.through_the_tree(area)
        day = today(self._clock)
        found = await self._consents.page(seen, within, wanted, day, after=after, limit=limit + 1)
        for one in found[:limit]:
            note_shown(self._access, principal, "list_consents", one.consent.person_id, READ, area=one.area)
        return found

    async def count(self, principal: Principal, area: str, wanted: ConsentFilter) -> int:
        """How many the list has in all: the same predicate."""
        seen, within = principal.scope(READ, within=area), principal.through_the_tree(area)
        return await self._consents.count(seen, within, wanted, today(self._clock))

    async def _person(self, principal: Principal, id: UUID, action: str) -> PersonRecord:
        person = await self._handling.persons.get(id)
        if person is None or not principal.scope(READ).allows_any(*person.areas):
            note_nothing(self._access, principal, action, id)
            raise NotFound(id)
        note(self._access, principal, action, person, READ, Detail.MASKED)
        return person


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ConsentRestated]:
    """Restated facts of the next consents, their persons' rows locked."""
    found = await ConsentRepository(session).locked_after(UUID(after) if after else None, limit)
    return [ConsentRestated(state=ConsentState.model_validate(one)) for one in found]
