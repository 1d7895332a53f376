"""Use cases of erasures (清除) in a service: erase what is kept of somebody, and say how far it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import FACTS, STATES, Fact
from shared.contracts.erasure_answers import ANSWER
from shared.erasures.records import RecordErasing
from shared.erasures.repository import ErasureTaskRepository
from shared.erasures.tables import ErasureTask
from shared.messaging.context import UseCaseContext

KEPT = "kept"
"""Among the counts of an eraser: what has to be kept for now, and is asked for again daily."""


class Eraser(Protocol):
    """What a service erases besides its ledgers' records: a noun that keeps something sealed of persons."""

    async def erase(self, persons: Collection[UUID]) -> Mapping[str, int]:
        """Erase what is kept of these. Numbers by what they are of, `kept` among them. Asked again it finds no more."""
        ...


class ErasureTasks:
    """Use cases of one service, `owner`. An erasure is done in one transaction, however often it is asked for."""

    def __init__(self, context: UseCaseContext, owner: str, erasers: Sequence[Eraser] = ()) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._tasks = ErasureTaskRepository(context.session)
        self._erasers = (RecordErasing(context), *erasers)
        self._owner = owner

    async def take(self, id: UUID, persons: Sequence[UUID]) -> None:
        """Erase what is kept of these persons, and answer. What is done stays done, and is not answered again."""
        task = await self._tasks.taken(id, persons, self._clock.now())
        if task.done_at is None:
            await self._erase(task)

    async def remember(self, id: UUID, persons: Sequence[UUID]) -> None:
        """Erase of these persons when `again` comes, unless it was begun already."""
        await self._tasks.taken(id, persons, self._clock.now())

    async def again(self, after: UUID | None, limit: int) -> UUID | None:
        """Erase of the next persons what had to be kept. Where the next ones begin; None at the end."""
        waiting = await self._tasks.waiting(after, limit)
        for task in waiting:
            await self._erase(task)
        return waiting[-1].id if len(waiting) == limit else None

    async def _erase(self, task: ErasureTask) -> None:
        counts: dict[str, int] = {name: many for name, many in task.counts.items() if name != KEPT}
        kept = 0
        for eraser in self._erasers:
            for name, many in (await eraser.erase(task.persons)).items():
                if name == KEPT:
                    kept += many
                else:
                    counts[name] = counts.get(name, 0) + many
        said = {**counts, KEPT: kept} if kept else counts
        if task.version and said == task.counts:
            return  # nothing has become free since
        now = self._clock.now()
        answered = await self._tasks.answer(task, counts=said, done_at=None if kept else now)
        self._outbox.add(fact_of(self._owner, answered, "answered"))


def fact_of(owner: str, task: ErasureTask, what: str) -> Fact[Any]:
    """A fact of an owner's answers."""
    noun = f"{owner}.{ANSWER}"
    return FACTS[f"{noun}.{what}", 1](state=STATES[noun].model_validate(task))


async def restate(session: AsyncSession, owner: str, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next answers, their rows locked."""
    found = await ErasureTaskRepository(session).locked_after(UUID(after) if after else None, limit)
    return [fact_of(owner, one, "restated") for one in found]
