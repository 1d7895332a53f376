"""Use cases of the population ledger (人口台账): lines are entered and announced, never changed."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.domain import Entry
from services.registry.postings.domain import lines_to_enter
from services.registry.postings.repository import PostingRepository
from shared.clock import today
from shared.contracts.registry.postings import PostingEntered, PostingRestated, PostingState
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class Postings:
    """Enters lines into the ledger. Other use cases call it in their transaction; the person's row is locked."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._postings = PostingRepository(context.session)

    async def settle(self, person_id: UUID, wanted: Iterable[Entry]) -> None:
        """Bring a person's ledger to the `wanted` entries, by reversals and new lines, and announce each line."""
        day = today(self._clock)
        lines = lines_to_enter(await self._postings.of(person_id), wanted)
        states = [new_posting(person_id, line.entry, posted_on=day, reverses=line.reverses) for line in lines]
        await self._postings.enter(states, [line.entry.counterpart for line in lines])
        for state in states:
            self._outbox.add(PostingEntered(state=state))


def new_posting(person_id: UUID, entry: Entry, *, posted_on: date, reverses: UUID | None = None) -> PostingState:
    """A ledger line for an entry, with an id of its own."""
    return PostingState(
        id=new_id(),
        version=1,
        person_id=person_id,
        book=entry.book,
        kind=entry.kind,
        area=entry.area,
        amount=entry.amount,
        occurred_on=entry.occurred_on,
        posted_on=posted_on,
        reverses=reverses,
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PostingRestated]:
    """Restated facts of the next postings."""
    lines = await PostingRepository(session).after(UUID(after) if after else None, limit)
    return [PostingRestated(state=PostingState.model_validate(line)) for line in lines]
