"""Use cases of reconciliation (核验): an owner says what it holds, a reader compares, asks and notes what differs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.catalogue import counted_as
from shared.contracts.checksums import BUCKETS, CHECKSUM, QUESTION, ChecksumState
from shared.contracts.envelope import FACTS, STATES, Fact
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.observability import metrics
from shared.observability.logging import get_logger
from shared.reconciliation.repository import ReconciliationRepository, held_versions, own_versions
from shared.reconciliation.tables import Checksum, ChecksumQuestion

log = get_logger(__name__)

MARGIN = timedelta(minutes=2)
"""A state may be announced so long before its owner's transaction is seen by others."""
TRIES, BETWEEN = 5, timedelta(minutes=1)
"""What is under way when an owner counts arrives within minutes."""
KEPT = timedelta(days=90)
"""Differences that were mended are told so long."""
EVERY = frozenset(range(BUCKETS))


def is_counted(noun: str) -> bool:
    """Whether states of a noun have a checksum. Those of checksums and of questions have none."""
    return noun.rsplit(".", 1)[-1] not in (CHECKSUM, QUESTION)


class Checksums:
    """Use cases of the owner: what it holds of its nouns, counted in one look each."""

    def __init__(self, context: UseCaseContext, owner: str, aggregates: Mapping[str, Select[Any]]) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._repository = ReconciliationRepository(context.session)
        self._owner = owner
        self._aggregates = {noun: ids for noun, ids in aggregates.items() if is_counted(noun)}

    async def take(self, nouns: Iterable[str] | None = None) -> int:
        """Say how many states of each noun are held, and in which versions; returns of how many nouns it was said.

        Of a noun that has none, and never had, nothing is said.
        """
        taken = 0
        for noun in self._aggregates if nouns is None else nouns:
            taken += await self.say(noun)
        return taken

    async def say(
        self, noun: str, *, run: int | None = None, reader: str | None = None, buckets: Collection[int] = ()
    ) -> bool:
        """Say it of one noun. `run`: the revision under which `buckets` were announced again for `reader`."""
        now = self._clock.now()
        sums = await self._repository.sums(own_versions(self._aggregates[noun]))
        if run is None and not any(sums.counts) and await self._repository.said(noun) is None:
            return False
        said = await self._repository.say(
            noun, taken_at=now, counts=sums.counts, sums=sums.sums, run=run, reader=reader, buckets=sorted(buckets)
        )
        self._outbox.add(checksum_fact(self._owner, said, "taken"))
        return True

    async def forget(self) -> None:
        """What was mended long ago is forgotten."""
        await self._repository.forget(self._clock.now() - KEPT)


class Comparison:
    """Use cases of the reader: what it holds of others' nouns against what their owners say."""

    def __init__(self, context: UseCaseContext, reader: str) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._session = context.session
        self._repository = ReconciliationRepository(context.session)
        self._reader = reader

    async def hear(self, noun: str) -> None:
        """The owner of a noun has said what it holds."""
        await self._repository.due(noun, self._clock.now())

    async def compare_next(self) -> bool:
        """Compare the noun that is due next; False if none is. What differs is compared again a minute later."""
        now = self._clock.now()
        found = await self._repository.next_due(now)
        if found is None:
            return False
        found.tries += 1
        if await self._compare(found.noun, last=found.tries >= TRIES):
            await self._repository.compared(found)
        else:
            found.due_at = now + BETWEEN
        return True

    async def _compare(self, noun: str, *, last: bool) -> bool:
        """Compare what is held of a noun with its owner's last checksum. False: it differs, ask again a little later.

        A bucket in which something has happened since the owner counted is not judged: the next checksum tells. On the
        `last` try the buckets that still differ are asked for; of those that came again for this service already, what
        did not come again is noted as surplus.
        """
        said = await projected(self._session, _checksum_class(noun), noun)
        if said is None:
            return True
        held = await self._repository.sums(held_versions(noun))
        differing = held.differing(said.counts, said.sums)
        apart = differing - await self._repository.moved(noun, said.taken_at - MARGIN)
        if apart and not last:
            return False
        now = self._clock.now()
        await self._repository.mend_surplus(noun, EVERY - differing, now)
        came = frozenset(said.buckets) if said.reader == self._reader else frozenset()
        question = await self._session.get(ChecksumQuestion, noun, populate_existing=True)
        if question is not None and not differing and said.taken_at > question.asked_at:
            await self._repository.answered(noun, now)
        elif said.run is not None and came and question is not None:
            if stayed := apart & came:
                await self._repository.note_surplus(noun, stayed, run=said.run, before=question.asked_at, now=now)
            await self._repository.answered(noun, now)
        if asked := apart - came:
            log.warning("states_differ", noun=counted_as(noun), buckets=len(asked))
            await self._ask(noun, asked)
        metrics.SURPLUS_STATES.labels(counted_as(noun)).set(await self._repository.surplus(noun))
        return True

    async def ask_for_all(self, nouns: Iterable[str]) -> None:
        """What was told of these nouns was deleted before it was read: their owners shall announce all of it again."""
        for noun in sorted(nouns):
            if is_counted(noun):
                log.warning("noun_asked_for", noun=counted_as(noun))
                await self._ask(noun, EVERY)

    async def _ask(self, noun: str, buckets: Collection[int]) -> None:
        asked = await self._repository.ask(noun, asked_at=self._clock.now(), buckets=sorted(buckets))
        self._outbox.add(question_fact(self._reader, asked, "asked"))


def _checksum_class(noun: str) -> type[ChecksumState]:
    found = STATES[f"{noun.split('.', 1)[0]}.{CHECKSUM}"]
    assert issubclass(found, ChecksumState)
    return found


def checksum_fact(owner: str, said: Checksum, word: str) -> Fact[Any]:
    """A fact of an owner's checksums."""
    noun = f"{owner}.{CHECKSUM}"
    return FACTS[f"{noun}.{word}", 1](state=STATES[noun].model_validate(said))


def question_fact(reader: str, asked: ChecksumQuestion, word: str) -> Fact[Any]:
    """A fact of a reader's questions."""
    noun = f"{reader}.{QUESTION}"
    return FACTS[f"{noun}.{word}", 1](state=STATES[noun].model_validate(asked))


async def restate_checksums(session: AsyncSession, owner: str, after: str | None, limit: int) -> list[Fact[Any]]:
    """Restated facts of the next checksums, their rows locked."""
    found = await ReconciliationRepository(session).locked_after(Checksum, after, limit)
    return [checksum_fact(owner, one, "restated") for one in found]


async def restate_questions(session: AsyncSession, reader: str, after: str | None, limit: int) -> list[Fact[Any]]:
    """Restated facts of the next questions, their rows locked."""
    found = await ReconciliationRepository(session).locked_after(ChecksumQuestion, after, limit)
    return [question_fact(reader, one, "restated") for one in found]
