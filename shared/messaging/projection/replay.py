"""Replay of dead letters by an operator: list, show, replay, drop."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import select

from shared.db.engine import Database
from shared.errors import NotFound
from shared.messaging.dead_letters.store import OPEN, DeadLetter, DeadLetterStatus, Replayed, key_of, stored
from shared.messaging.failure_kinds import FailureKind, failure_code, failure_kind
from shared.messaging.projection.decode import ReadableRecord, UnreadableRecord, decode
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import BeforeCommit
from shared.messaging.projection.routes import NotYetKnown
from shared.observability.logging import get_logger

log = get_logger(__name__)

_SETTLE = "UPDATE dead_letters SET status = $1, settled_at = $2 WHERE id = ANY ($3::uuid[])"
_UNPARK = """
    DELETE FROM parked_keys WHERE topic = $1 AND record_key = $2 AND NOT EXISTS (
      SELECT FROM dead_letters AS letter
      WHERE letter.topic = $1 AND letter.record_key = $2 AND letter.status IN ('dead', 'parked'))
"""
_FAILED = "UPDATE dead_letters SET attempts = attempts + 1, code = $2, status = 'dead' WHERE id = $1"


class DeadLetterReplayer:
    """Replay and drop of the dead letters of one service, for its operator. Works beside running workers."""

    def __init__(self, processor: StateProcessor) -> None:
        self._processor = processor
        self._projector = processor.projector

    @property
    def database(self) -> Database:
        return self._projector.database

    async def dead_letters(
        self, *, statuses: Sequence[DeadLetterStatus] = OPEN, after: int = 0, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Dead letters in the order of arrival. `after` is the `number` of the last one seen."""
        statement = select(DeadLetter).where(DeadLetter.status.in_(statuses), DeadLetter.number > after)
        async with self._projector.database.session() as session:
            return (await session.scalars(statement.order_by(DeadLetter.number).limit(limit))).all()

    async def dead_letter(self, letter_id: UUID) -> DeadLetter:
        """Dead letter with its bytes. Raises NotFound."""
        async with self._projector.database.session() as session:
            found = await session.get(DeadLetter, letter_id)
        if found is None:
            raise NotFound(letter_id)
        return found

    async def replay(self, letter_id: UUID) -> Replayed:
        """Process the record again, then, in order, everything parked behind it. Raises NotFound.

        What is refused again stays, and what is behind it goes on waiting.
        """
        letter = await self.dead_letter(letter_id)
        if letter.status not in OPEN:
            return Replayed(0)
        processed = 0
        while waiting := await self._row_of(letter):
            outcome = await self._take(waiting)
            processed += outcome.processed
            if outcome.stopped_at is not None:
                return Replayed(processed, outcome.stopped_at, outcome.code)
        return Replayed(processed)

    async def drop(self, letter_id: UUID) -> Replayed:
        """Give a record up for good, and process what was parked behind it. Raises NotFound."""
        letter = await self.dead_letter(letter_id)
        if letter.status not in OPEN:
            return Replayed(0)
        item = decode(stored(letter), letter.noun or "")
        await self._projector.apply([], before_commit=self._settled([letter], DeadLetterStatus.DROPPED), lanes=[item])
        log.warning("dead_letter_dropped", dead_letter=str(letter.id), topic=letter.topic, code=letter.code)
        rest = await self._row_of(letter)
        return await self.replay(rest[0].id) if rest else Replayed(0)

    async def _row_of(self, letter: DeadLetter) -> Sequence[DeadLetter]:
        """Open dead letters of a dead letter's key, in order; an unreadable one stands for itself."""
        async with self._projector.database.session() as session:
            mine = DeadLetter.id == letter.id
            if letter.record_key is not None and letter.aggregate is not None:
                mine = (DeadLetter.record_key == letter.record_key) & DeadLetter.aggregate.is_not(None)
            statement = select(DeadLetter).where(DeadLetter.topic == letter.topic, mine, DeadLetter.status.in_(OPEN))
            return (await session.scalars(statement.order_by(DeadLetter.number))).all()

    async def _take(self, letters: Sequence[DeadLetter]) -> Replayed:
        """Process all at once: the newest state counts.

        If that is refused, one by one, up to the one that is refused.
        """
        items = [decode(stored(letter), letter.noun or "") for letter in letters]
        if len(items) > 1 and all(isinstance(item, ReadableRecord) for item in items):
            try:
                await self._projector.apply(
                    items, unpark=True, before_commit=self._settled(letters, DeadLetterStatus.REPLAYED)
                )
            except Exception as error:
                if failure_kind(error) is FailureKind.TRANSIENT:
                    raise
            else:
                return Replayed(len(letters))
        for processed, (letter, item) in enumerate(zip(letters, items, strict=True)):
            code = await self._take_one(letter, item)
            if code is not None:
                async with self._projector.database.session() as session:
                    raw = await self._projector.begin(session, [item])
                    await raw.execute(_FAILED, letter.id, code)
                    await session.commit()
                return Replayed(processed, letter.id, code)
        return Replayed(len(letters))

    async def _take_one(self, letter: DeadLetter, item: ReadableRecord | UnreadableRecord) -> str | None:
        if isinstance(item, UnreadableRecord):
            return item.code
        settled = self._settled([letter], DeadLetterStatus.REPLAYED)
        try:
            await self._projector.apply([item], unpark=True, before_commit=settled)
        except NotYetKnown as error:
            if not await self._processor.wait(item, None, error):
                return error.code
            await self._projector.apply([], before_commit=settled, lanes=[item])
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            return failure_code(error)
        return None

    def _settled(self, letters: Sequence[DeadLetter], status: DeadLetterStatus) -> BeforeCommit:
        async def settle(raw: asyncpg.Connection) -> None:
            now = self._projector.clock.now()
            await raw.execute(_SETTLE, status, now, [letter.id for letter in letters])
            for topic, key in {(letter.topic, key_of(stored(letter))) for letter in letters}:
                await raw.execute(_UNPARK, topic, key)

        return settle
