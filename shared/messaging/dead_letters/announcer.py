"""Announcement of dead letters on their topics, without key and bytes: these stay in the table."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import func, select, update

from shared.clock import Clock
from shared.contracts.catalogue import dead_letter_topic
from shared.db.engine import GONE, Database, DatabaseBusy
from shared.errors import Unavailable
from shared.messaging.bus.interface import BUS_ERRORS, Bus, Message, Sender, Sent
from shared.messaging.dead_letters.store import DeadLetter, DeadLetterStatus
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)

AT_ONCE = 200


class Announcer:
    """Publisher of dead-letter announcements, one per worker.

    At least once: an announcement that was sent and not marked is sent again.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock, *, every: float = 5.0) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._every = every

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`. Survives the loss of database and broker."""
        sender: Sender | None = None
        try:
            while not stop.is_set():
                try:
                    letters = await self._open()
                    if letters:
                        sender = sender or self._bus.sender()
                        await self._announce(sender, letters)
                except (*GONE, Unavailable, DatabaseBusy, *BUS_ERRORS) as error:
                    log.info("announcement_postponed", error=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._every):
                        await stop.wait()
        finally:
            if sender is not None:
                await sender.close()

    async def _open(self) -> Sequence[DeadLetter]:
        async with self._database.session() as session:
            wanted = (DeadLetter.announced_at.is_(None), DeadLetter.status == DeadLetterStatus.DEAD)
            statement = select(DeadLetter).where(*wanted).order_by(DeadLetter.number).limit(AT_ONCE)
            letters = (await session.scalars(statement)).all()
            unsettled = DeadLetter.status.in_([DeadLetterStatus.DEAD, DeadLetterStatus.PARKED])
            count = await session.scalar(select(func.count()).where(unsettled))
        metrics.DEAD_LETTERS_OPEN.set(count or 0)
        return letters

    async def _announce(self, sender: Sender, letters: Sequence[DeadLetter]) -> None:
        outcomes = await sender.send([announcement(letter) for letter in letters])
        done: list[UUID] = [
            letter.id for letter, outcome in zip(letters, outcomes, strict=True) if isinstance(outcome, Sent)
        ]
        async with self._database.session() as session:
            await session.execute(
                update(DeadLetter).where(DeadLetter.id.in_(done)).values(announced_at=self._clock.now())
            )
            await session.commit()
        if len(done) < len(letters):
            log.warning("announcements_refused", count=len(letters) - len(done))


def announcement(letter: DeadLetter) -> Message:
    """Announcement of a dead letter: place, group and code; neither key nor bytes, which may be personal."""
    facts = {
        "dead_letter": str(letter.id),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.record_offset,
        "group": letter.consumer_group,
        "code": letter.code,
        "attempts": letter.attempts,
    }
    return Message(
        topic=dead_letter_topic(letter.topic, letter.consumer_group),
        key=str(letter.id).encode(),
        value=orjson.dumps(facts),
        headers=[
            ("content-type", b"application/json"),
            *((name, str(value).encode()) for name, value in facts.items()),
        ],
        timestamp_ms=round(letter.created_at.timestamp() * 1000),
    )
