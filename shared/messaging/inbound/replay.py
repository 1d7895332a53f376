"""What an operator does with a sealed record from the county: have it judged anew, or give it up."""

import asyncpg

from shared.clock import Clock
from shared.db.engine import Database
from shared.messaging.dead_letters.store import OPEN, DeadLetter, LetterStatus, Replayed, opened
from shared.messaging.inbound.processor import InboundTaker
from shared.messaging.retries import Fate, code_of, fate_of
from shared.observability.logging import get_logger

log = get_logger(__name__)

_SETTLE = "UPDATE dead_letters SET status = $1, settled_at = $2 WHERE id = $3"
_FAILED = "UPDATE dead_letters SET attempts = attempts + 1, code = $2 WHERE id = $1"


class InboundParking:
    """The letters of an inbound topic. No letter waits behind another one: every event stands for itself."""

    def __init__(self, taker: InboundTaker) -> None:
        self._taker = taker

    async def replay(self, letter: DeadLetter) -> Replayed:
        """Judges the record anew, by what the deployment allows and knows today."""
        if letter.status not in OPEN or letter.topic not in self._taker.nouns:
            return Replayed(0)

        async def settle(raw: asyncpg.Connection) -> None:
            await raw.execute(_SETTLE, LetterStatus.REPLAYED, self._taker.clock.now(), letter.id)

        try:
            answer = await self._taker.replay(opened(letter, self._taker.crypto), settle)
            code = None if answer is None else answer.code
        except Exception as error:
            if fate_of(error) is Fate.RETRY:
                raise
            code = code_of(error)
        if code is None:
            return Replayed(1)
        await _execute(self._taker.database, _FAILED, letter.id, code)
        return Replayed(0, letter.id, code)

    @staticmethod
    async def drop(database: Database, clock: Clock, letter: DeadLetter) -> Replayed:
        """Gives the record up, for good; its answer stands. Works with the door shut."""
        if letter.status in OPEN:
            await _execute(database, _SETTLE, LetterStatus.DROPPED, clock.now(), letter.id)
            log.warning("dead_letter_dropped", dead_letter=str(letter.id), topic=letter.topic, code=letter.code)
        return Replayed(0)


async def _execute(database: Database, statement: str, *parameters: object) -> None:
    async with database.session() as session:
        connection = await (await session.connection()).get_raw_connection()
        raw = connection.driver_connection
        assert raw is not None
        await raw.execute(statement, *parameters)
        await session.commit()
