"""Lookout for positions: all requests of a process that wait share one look at a time at the projected states.

Who waits holds no connection, no lock and no transaction, and how many wait is bounded, per caller and in all.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from shared.db.engine import Database
from shared.errors import NotYet
from shared.messaging.outbox.position import Position, Reached
from shared.messaging.projection.states import behind

PATIENCE = 5.0
"""Seconds that a reader is kept waiting."""
PAUSE = 0.02
"""Seconds between looks at least."""
IDLE = 4
"""A look that took a second is followed by a pause of at least four: looking takes a fifth of one connection."""
WAITS_PER_CALLER = 8
WAITS = 1024
"""Requests that may wait at a time. Who comes over that gets one look and no second one."""
PENALTY = 1.0
"""Seconds after which it is told so: as long as its `Retry-After` asks it to stay away."""


@dataclass(eq=False, slots=True)
class _Wait:
    """One request: what it wants to have arrived, whether it stays after the first look, and its answer."""

    wanted: frozenset[Reached]
    stays: bool
    answer: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Lookout:
    """One per process. Looks only while somebody waits."""

    def __init__(self, database: Database, nouns: Collection[str]) -> None:
        self._database = database
        self._nouns = frozenset(nouns)
        self._waits: set[_Wait] = set()
        self._fresh: set[_Wait] = set()
        self._came = asyncio.Event()
        self._stay: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None

    async def wait(self, caller: str, position: Position) -> None:
        """Returns when this service has what it projects of the position: nobody waits for what never comes here.

        Raises `NotYet` after `PATIENCE` seconds, or after one look and `PENALTY` if too many wait already; what the
        driver raises while the database is away.
        """
        wanted = frozenset(entry for entry in position.entries if entry.noun in self._nouns)
        if not wanted:
            return
        stays = self._stay[caller] < WAITS_PER_CALLER and self._stay.total() < WAITS
        one = _Wait(wanted, stays)
        self._waits.add(one)
        self._fresh.add(one)
        self._came.set()
        self._stay[caller] += stays
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on(), name="lookout")
        try:
            async with asyncio.timeout(PATIENCE):
                arrived = await one.answer
        except TimeoutError:
            arrived = False
        finally:
            self._waits.discard(one)
            self._fresh.discard(one)
            self._stay[caller] -= stays
            if not self._stay[caller]:
                del self._stay[caller]
        if not arrived:
            if not stays:  # else it would come back at once, and asking without end would cost more than waiting
                await asyncio.sleep(PENALTY)
            raise NotYet(retry_after=1)

    async def close(self) -> None:
        """Look no more; who still waits is told to come again."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for one in self._waits:
            if not one.answer.done():
                one.answer.set_result(False)

    async def _look_on(self) -> None:
        """Look at once for who has just come, and at everybody again after a pause."""
        loop = asyncio.get_running_loop()
        again = loop.time()
        while self._waits:
            began = loop.time()
            # Who comes during a look is answered by the next one: it reads what was committed before it came.
            present, self._fresh = self._waits.copy() if began >= again else self._fresh, set()
            self._came.clear()
            await self._look(present)
            if began >= again:
                again = loop.time() + max(PAUSE, IDLE * (loop.time() - began))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(again):
                    await self._came.wait()

    async def _look(self, present: Collection[_Wait]) -> None:
        """One statement for all of them."""
        try:
            async with self._database.session() as session:
                late = await behind(session, frozenset[Reached]().union(*(one.wanted for one in present)))
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait hear it: else they wait in vain
            for one in present:
                if not one.answer.done():
                    one.answer.set_exception(error)
            return
        for one in present:
            arrived = one.wanted.isdisjoint(late)
            if (arrived or not one.stays) and not one.answer.done():
                one.answer.set_result(arrived)
