"""Use cases of the population ledger (人口台账): lines are entered and announced, never changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.repository import AreaRepository
from services.registry.book_closings.domain import is_of_this_month
from services.registry.life_events.domain import Entry
from services.registry.postings.domain import (
    BookOfAnotherPlace,
    NewLine,
    late_on,
    lines_to_enter,
    may_come_from_elsewhere,
)
from services.registry.postings.models import Posting
from services.registry.postings.repository import PostingRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.postings import Book, PostingEntered, PostingRestated, PostingState
from shared.errors import FieldError, Invalid
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

PERMISSION = "person.read"
"""A line says who came or went: whoever may only add up does not see it."""


class Postings:
    """Use cases of the ledger's lines. Other use cases enter them in their transaction; the person's row is locked."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._postings = PostingRepository(context.session)
        self._areas = AreaRepository(context.session)

    async def settle(
        self, person_id: UUID, wanted: Iterable[Entry], scope: Scope, *, asked: Collection[str] = ()
    ) -> None:
        """Bring a person's ledger to the `wanted` entries, by reversals and new lines, and announce each line.

        A village's book is written from within its own scope, but for what `may_come_from_elsewhere`, and for villages
        that have `asked` for it. A line of a closed month counts in the first open one. Raises `BookOfAnotherPlace`.
        """
        await self.settle_all({person_id: wanted}, scope, asked=asked)

    async def settle_all(
        self, wanted: Mapping[UUID, Iterable[Entry]], scope: Scope, *, asked: Collection[str] = ()
    ) -> None:
        """The same for several persons; one statement reads the lines of all."""
        day = today(self._clock)
        ledger = await self._postings.of(wanted)
        lines_of = {one: lines_to_enter(ledger[one], entries) for one, entries in wanted.items()}
        closed = await self._closed_until([line for lines in lines_of.values() for line in lines], day)
        for person_id, lines in lines_of.items():
            elsewhere = [not scope.allows(line.entry.area) for line in lines]
            for line, outside in zip(lines, elsewhere, strict=True):
                if outside and line.entry.area not in asked and not may_come_from_elsewhere(line):
                    raise BookOfAnotherPlace(person_id)
            states = [
                new_posting(
                    person_id,
                    line.entry,
                    posted_on=day,
                    reverses=line.reverses,
                    late_on=late_on(line, [closed.get(area) for area in _villages(line)]),
                )
                for line in lines
            ]
            self._postings.enter(states, [line.entry.counterpart for line in lines], elsewhere)
            for state in states:
                self._outbox.add(PostingEntered(state=state))

    async def _closed_until(self, lines: Sequence[NewLine], day: date) -> Mapping[str, date | None]:
        """Up to when the books of the lines' villages are closed, and stay so until the transaction ends."""
        asked = {
            area for line in lines if not is_of_this_month(line.entry.occurred_on, day) for area in _villages(line)
        }
        if not asked:
            return {}
        return {code: village.closed_until for code, village in (await self._areas.villages(asked)).items()}

    async def page(
        self,
        principal: Principal,
        area: str,
        book: Book,
        *,
        first: date,
        last: date,
        elsewhere: bool | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Posting]:
        """Lines of an area's book that were entered in a period, oldest first; whose they are is noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted. Raises `NotFound`, and `Invalid` for a
        period that ends before it begins.
        """
        scope = principal.scope(PERMISSION, within=area)
        if last < first:
            raise Invalid(errors=[FieldError("query.to", "before_from", "结束日期早于开始日期")])
        lines = await self._postings.page(
            scope, book, first=first, last=last, elsewhere=elsewhere, after=after, limit=limit + 1
        )
        for line in lines[:limit]:
            self._access.note(
                principal,
                action="list_postings",
                noun="registry.person",
                object_id=line.person_id,
                area=line.area,
                detail=Detail.EXISTENCE,
                role=principal.role_in(PERMISSION, line.area),
            )
        return lines


def _villages(line: NewLine) -> Sequence[str]:
    return [line.entry.area, *([line.entry.counterpart] if line.entry.counterpart else [])]


def new_posting(
    person_id: UUID, entry: Entry, *, posted_on: date, reverses: UUID | None = None, late_on: date | None = None
) -> PostingState:
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
        late_on=late_on,
        marks=entry.marks,
        reverses=reverses,
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PostingRestated]:
    """Restated facts of the next postings."""
    lines = await PostingRepository(session).after(UUID(after) if after else None, limit)
    return [PostingRestated(state=PostingState.model_validate(line)) for line in lines]
