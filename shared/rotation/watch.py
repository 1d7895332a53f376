"""Watch over the keys of a process: whether anything lies under a key that it does not hold."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import MetaData, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.engine import GONE, Database
from shared.diagnostics import Diagnosis, Diagnostics
from shared.errors import DomainError, Unavailable
from shared.observability.logging import get_logger
from shared.rotation.standing import Standing
from shared.rotation.tables import HeldKey, Ring

log = get_logger(__name__)

AGAIN = 5.0
"""Seconds between looks while something is wrong: whoever holds the key may be sealing everything anew."""
PART = "keys"


class KeysMissing(Unavailable):
    """Refusal: the process lacks a key that is needed: it would not find who is registered, and register them again."""


class KeyWatch:
    """Watch of one process. `sound` once it has looked and found nothing under a key that the process lacks.

    `lacking` as long as something lies under such a key, or is being counted.
    """

    def __init__(
        self, database: Database, crypto: Crypto, metadata: MetaData, clock: Clock, diagnostics: Diagnostics
    ) -> None:
        self._database = database
        self._targets = (KitBase.metadata, metadata)
        self._clock = clock
        self._diagnostics = diagnostics
        self._held = held_by(crypto)
        self.sound = False
        self.lacking = False

    async def run(self, stop: asyncio.Event) -> None:
        """Look until all is well, or `stop`. A database that is away is waited for."""
        while not stop.is_set():
            with contextlib.suppress(*GONE, DomainError):
                if await self.look():
                    return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN if self._diagnostics.has(PART) else 1):
                    await stop.wait()

    async def look(self) -> bool:
        """Look once. False: something lies under a key that is not held, and the diagnosis says which.

        Then no key is cleared either: a process with a wrong ring says nothing about those of the others.
        """
        async with self._database.session() as session:
            diagnosis = None
            missing = await self._missing(session)
            self.lacking = bool(missing)
            for ring, key_id in missing:
                if lost := await self._lost(session, ring, key_id):
                    diagnosis = Diagnosis(ring.setting, sentence(key_id, lost))
            for ring, key_id in missing if diagnosis is None else ():
                await self._clear(session, ring, key_id)
            await session.commit()
        self._diagnostics.report(PART, diagnosis)
        self.sound = diagnosis is None
        self.lacking = not self.sound
        return self.sound

    def require(self) -> None:
        """Raises `KeysMissing` while the process is `lacking`: not everybody who asks looks at `/readyz` first."""
        if self.lacking:
            raise KeysMissing(retry_after=5)

    async def _missing(self, session: AsyncSession) -> Sequence[tuple[Ring, str]]:
        """Notes the keys that are held. Answers those that were held once, are not now, and were never cleared."""
        await note_held(session, self._held, self._clock.now())
        found = select(HeldKey.ring, HeldKey.key_id).where(HeldKey.cleared_at.is_(None)).order_by(HeldKey.ring)
        noted = [(Ring(ring), key_id) for ring, key_id in (await session.execute(found)).tuples()]
        return [(ring, key_id) for ring, key_id in noted if key_id not in self._held[ring]]

    async def _lost(self, session: AsyncSession, ring: Ring, key_id: str) -> int:
        standing = Standing(session, self._targets)
        if ring is Ring.FIELD:
            return await standing.rows_under(key_id)
        return await standing.lost_without(self._held[ring])

    async def _clear(self, session: AsyncSession, ring: Ring, key_id: str) -> None:
        which = update(HeldKey).where(HeldKey.ring == ring.value, HeldKey.key_id == key_id)
        await session.execute(which.values(cleared_at=self._clock.now()))
        log.info("key_cleared", ring=ring.value, key=key_id)


async def given_up(
    session: AsyncSession, metadata: MetaData, crypto: Crypto, key: tuple[Ring, str], now: datetime, values: int | None
) -> int:
    """How many values need a key that is lost; if they are so many as `values` says, no process asks for it any more.

    They stay as they are: with the key in the ring again they are read.
    """
    ring, key_id = key
    standing = Standing(session, (KitBase.metadata, metadata))
    field = ring is Ring.FIELD
    found = await (standing.rows_under(key_id) if field else standing.lost_without(crypto.index_keys))
    if found == values:
        row = {"ring": ring.value, "key_id": key_id, "since": now, "cleared_at": now}
        statement = insert(HeldKey).values(row)
        which = [HeldKey.ring, HeldKey.key_id]
        await session.execute(statement.on_conflict_do_update(index_elements=which, set_={"cleared_at": now}))
    return found


async def note_held(session: AsyncSession, held: Mapping[Ring, Sequence[str]], now: datetime) -> None:
    """These keys are in use: whoever lacks one of them later must look what lies under it."""
    keys = [(ring.value, key_id) for ring, ids in held.items() for key_id in ids]
    noted = select(HeldKey.ring, HeldKey.key_id).where(HeldKey.cleared_at.is_(None))
    new = set(keys) - set((await session.execute(noted)).tuples())
    if not new:
        return
    statement = insert(HeldKey).values(
        [{"ring": ring, "key_id": key_id, "since": now, "cleared_at": None} for ring, key_id in sorted(new)]
    )
    again = {"since": statement.excluded.since, "cleared_at": None}
    await session.execute(statement.on_conflict_do_update(index_elements=[HeldKey.ring, HeldKey.key_id], set_=again))


def held_by(crypto: Crypto) -> Mapping[Ring, Sequence[str]]:
    """The ids of a process's keys, by ring."""
    return {Ring.FIELD: crypto.field_keys, Ring.INDEX: crypto.index_keys}


def sentence(key_id: str, lost: int) -> str:
    """What an operator reads."""
    return (
        f"{lost} values still need the key {key_id}, which is not in the ring: "
        "put it back behind the others, run rotate-keys to its end, and take it out again; if it is lost: give-up-key"
    )
