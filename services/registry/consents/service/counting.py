"""What is announced for the figures of consents: purpose, days and villages, without the person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.consents.domain import ConsentRecord, villages
from services.registry.consents.repository import ConsentRepository, Counted
from services.registry.persons.domain import PersonRecord
from shared.contracts.registry.consents import ConsentCounted, ConsentCountRestated, ConsentCountState
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class ConsentCounting:
    """Announces how consents count. The caller holds the lock on their person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._consents = ConsentRepository(context.session)

    async def tell(self, consents: Sequence[ConsentRecord], person: PersonRecord, *, aside: bool = False) -> None:
        """Announce how they count from now on. `aside`: whoever brought that about need not know of consents."""
        if consents:
            counted = await self._consents.counted_again({one.id: new_id() for one in consents})
            for one in consents:
                self._outbox.add(ConsentCounted(state=_state(counted[one.id], one, person)), aside=aside)


async def restate_counts(session: AsyncSession, after: str | None, limit: int) -> Sequence[ConsentCountRestated]:
    """Restated facts of the next consents that count, their persons' rows locked."""
    found = await ConsentRepository(session).counts_locked_after(UUID(after) if after else None, limit)
    return [ConsentCountRestated(state=_state(counted, one, person)) for counted, one, person in found]


def _state(counted: Counted, one: ConsentRecord, person: PersonRecord) -> ConsentCountState:
    return ConsentCountState.model_validate(
        {
            "id": counted.id,
            "version": counted.version,
            "purpose": one.purpose,
            "status": one.status,
            "given_on": one.given_on,
            "until": one.until,
            "ended_on": one.ended_on,
            "residence": villages(one, person.residence),
        }
    )
