"""Rotation (换钥): everything sealed anew under the active keys, every blind index made for all keys in use.

Done in steps, each with its rows, its cursor and its counts in one transaction: after a crash the next runner goes on
where the last step ended. Passes follow each other until nothing lies under another key; then the job is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.sealing import sealed_columns, tables_with
from shared.errors import DomainError, ErrorKind
from shared.jobs.context import JobContext, JobKind, Step
from shared.jobs.queue import Job, enqueue, recent
from shared.messaging.context import UseCaseContext
from shared.observability import metrics
from shared.rotation.indexes import BlindIndex
from shared.rotation.resealing import Resealing
from shared.rotation.standing import PATIENCE, Standing
from shared.rotation.tables import Ring

KIND = "rotate_keys"
BATCH = 200
"""Rows of one step."""
COUNTING = "count"
"""Place of the cursor behind a pass: what is left is to be counted."""
BETWEEN = 1.0
"""Seconds between passes: whoever held a row lets go of it. Twice as long after each pass that got nowhere."""
LONGEST = 60.0
FRUITLESS, CLOSED = 8, 3
"""Passes one after the other that get nowhere, after which somebody has to look; fewer, if some cannot be opened."""


class CannotBeOpened(DomainError):
    """Nothing is left but values that no key in the ring opens, and their digests: each table's first is in the log."""

    kind, code, title = ErrorKind.CONFLICT, "cannot_be_opened", "有内容无法用现有密钥解密，其余已全部换用当前密钥"
    advice = "请把遗失的密钥放回密钥环后再次换钥；确已无法找回的，请放弃该密钥"


class KeysStillNeeded(DomainError):
    """Passes get nowhere: somebody still writes under another key, or digests cannot be made again."""

    kind, code, title = ErrorKind.CONFLICT, "keys_still_needed", "仍有内容需要其他密钥"
    advice = "请确认各进程均已使用当前密钥后再次换钥"


@dataclass(frozen=True)
class Rotation:
    """What a rotation of a service works on. `context_of`: a use case's context over a step's transaction."""

    metadata: MetaData
    crypto: Crypto
    indexes: Sequence[BlindIndex]
    context_of: Callable[[AsyncSession], UseCaseContext]

    @property
    def targets(self) -> Sequence[MetaData]:
        """The tables of the kit and of the service."""
        return (KitBase.metadata, self.metadata)


def kind_of(crypto: Crypto) -> str:
    """Kind of the job that leads to the active keys: a worker that holds others leaves it to those that hold them."""
    return f"{KIND}:{crypto.field_keys[0]}:{crypto.index_keys[0]}"


async def ask_rotation(session: AsyncSession, crypto: Crypto, *, requested_by: str) -> Job:
    """Enqueue a rotation to the active keys. Raises `JobAlreadyOpen` while one is under way."""
    return await enqueue(session, kind_of(crypto), lane=KIND, requested_by=requested_by)


async def last_rotation(session: AsyncSession, crypto: Crypto) -> Job | None:
    """The newest rotation to the active keys."""
    return next(iter(await recent(session, kind=kind_of(crypto), limit=1)), None)


def rotation_kind(rotation: Rotation, *, batch: int = BATCH, between: float = BETWEEN) -> JobKind:
    """Job of a rotation to the keys that are active in this process."""

    async def run(context: JobContext) -> None:
        work = _Work(context, rotation, batch)
        await work.measure()
        fruitless, least = 0, await work.one_pass()
        while least:
            if work.closed and fruitless == CLOSED:
                raise CannotBeOpened
            if fruitless == FRUITLESS:
                raise KeysStillNeeded
            await context.pause(min(between * 2**fruitless, LONGEST))
            left = await work.one_pass()
            fruitless, least = (0, left) if left < least else (fruitless + 1, least)

    return JobKind(kind_of(rotation.crypto), run)


class _Work:
    """One attempt at a rotation. The cursor: a table or an index, and where in it the next rows begin."""

    def __init__(self, context: JobContext, rotation: Rotation, batch: int) -> None:
        self._context = context
        self._rotation = rotation
        self._batch = batch
        self._tables = {f"table {table.name}": table for table in tables_with(sealed_columns, rotation.targets)}
        self._indexes = {f"index {index.name}": index for index in rotation.indexes}
        self._places = (*self._tables, *self._indexes)
        self.closed = 0  # rows of this pass that cannot be opened

    async def measure(self) -> None:
        """How many rows there are: once a job."""
        if self._context.total is not None:
            return
        async with self._context.step() as step:
            await step.session.execute(PATIENCE)
            step.total = 0
            for table in self._tables.values():
                step.total += await step.session.scalar(select(func.count()).select_from(table)) or 0
            step.reached({"place": self._places[0], "after": None})

    async def one_pass(self) -> int:
        """The rest of a pass: every table, then every index; what is left then."""
        self.closed = 0
        while (place := (self._context.cursor or {}).get("place")) != COUNTING:
            if place not in self._places:  # of another version of the service
                place = self._places[0]
            await (self._table(place) if place in self._tables else self._index(place))
        return await self._left()

    async def _left(self) -> int:
        """What is left under other keys, counted; the next pass begins at the beginning."""
        crypto = self._rotation.crypto
        async with self._context.step() as step:
            standing = Standing(step.session, self._rotation.targets)
            rows = await standing.rows_not_under(crypto.field_keys[0])
            digests = await standing.lost_without(crypto.index_keys[:1])
            step.reached({"place": self._places[0], "after": None, "again": True})
        metrics.KEYS_LEFT.labels(Ring.FIELD.value).set(rows)
        metrics.KEYS_LEFT.labels(Ring.INDEX.value).set(digests)
        return rows + digests

    async def _table(self, place: str) -> None:
        table = self._tables[place]
        name = str(table.name)  # a quoted name is no key of JSON
        async with self._context.step() as step:
            resealing = Resealing(step.session, self._rotation.crypto, table)
            end, seen, changed = await resealing.next(self._after, self._batch)
            step.counts[name] = step.counts.get(name, 0) + changed
            self._reached(step, place, end, done=seen)
        self.closed += resealing.closed
        metrics.KEYS_RESEALED.labels(name).inc(changed)

    async def _index(self, place: str) -> None:
        async with self._context.step() as step:
            use_case = self._rotation.context_of(step.session)
            end = await self._indexes[place].remake(use_case, self._after, self._batch)
            await step.session.flush()
            self._reached(step, place, end)

    @property
    def _after(self) -> Any:
        return (self._context.cursor or {}).get("after")

    def _reached(self, step: Step, place: str, end: Any, *, done: int = 0) -> None:
        again = bool((self._context.cursor or {}).get("again"))
        following = (*self._places, COUNTING)[self._places.index(place) + 1]
        cursor = {"place": place if end is not None else following, "after": end, "again": again}
        step.reached(cursor, done=0 if again else done)
