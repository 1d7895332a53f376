"""Replay and drop of sealed dead letters of inbound topics, for an operator."""

import asyncpg

from shared.clock import Clock
from shared.db.engine import Database
from shared.db.raw import raw_connection
from shared.messaging.dead_letters.store import OPEN, DeadLetter, DeadLetterStatus, Replayed, opened
from shared.messaging.failure_kinds import FailureKind, failure_code, failure_kind
from shared.messaging.inbound.processor import InboundProcessor
from shared.observability.logging import get_logger

log = get_logger(__name__)

_SETTLE = "UPDATE dead_letters SET status = $1, settled_at = $2 WHERE id = $3"
_FAILED = "UPDATE dead_letters SET attempts = attempts + 1, code = $2 WHERE id = $1"


class InboundReplayer:
    """Replay of inbound dead letters. None waits behind another one: every event stands for itself."""

    def __init__(self, processor: InboundProcessor) -> None:
        self._processor = processor

    async def replay(self, letter: DeadLetter) -> Replayed:
        """Process the record again, with the settings and data of today."""
        if letter.status not in OPEN or letter.topic not in self._processor.nouns:
            return Replayed(0)

        async def settle(raw: asyncpg.Connection) -> None:
            await raw.execute(_SETTLE, DeadLetterStatus.REPLAYED, self._processor.clock.now(), letter.id)

        try:
            answer = await self._processor.replay(opened(letter, self._processor.crypto), settle)
            code = None if answer is None else answer.code
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            code = failure_code(error)
        if code is None:
            return Replayed(1)
        await _execute(self._processor.database, _FAILED, letter.id, code)
        return Replayed(0, letter.id, code)

    @staticmethod
    async def drop(database: Database, clock: Clock, letter: DeadLetter) -> Replayed:
        """Give the record up for good; its answer stands. Works without the inbound keys."""
        if letter.status in OPEN:
            await _execute(database, _SETTLE, DeadLetterStatus.DROPPED, clock.now(), letter.id)
            log.warning("dead_letter_dropped", dead_letter=str(letter.id), topic=letter.topic, code=letter.code)
        return Replayed(0)


async def _execute(database: Database, statement: str, *parameters: object) -> None:
    async with database.session() as session:
        raw = await raw_connection(session)
        await raw.execute(statement, *parameters)
        await session.commit()
