"""People under load: each is registered, moves and leaves, by commands repeated until they are accepted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from tests.registry.builders import FAR, SISTER, VILLAGE, a_person

REPEATED = 4
"""Every so many-th command is sent again although it was accepted."""
PATIENCE = 120.0
"""Seconds for which a client repeats a command."""

MOVES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("move-in", {"occurred_on": "2026-02-01", "residence": {"area": SISTER}}),
    ("move-in", {"occurred_on": "2026-03-01", "residence": {"area": FAR}}),
    ("move-out", {"occurred_on": "2026-04-01", "books": ["residence"]}),
)
LIVES_IN = (VILLAGE, SISTER, FAR, None)
"""By the number of moves done; the fourth left the county."""


class Registrar:
    """Sends commands, each under an idempotency key of its own, and remembers what was answered."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._numbers = count()
        self._commands = count()
        self.statuses: Counter[int] = Counter()
        self.accepted: dict[str, int] = {}
        """Commands answered with success, by person."""

    @property
    def commands(self) -> int:
        return sum(self.accepted.values())

    def residents(self) -> Counter[str]:
        """What an honest count of residents per village must say."""
        homes = (LIVES_IN[number - 1] for number in self.accepted.values())
        return Counter(home for home in homes if home is not None)

    async def live(self) -> None:
        """One person, registered and moved none to three times."""
        moves = MOVES[: next(self._numbers) % 4]
        person = (await self._send("persons", a_person()))["id"]
        self.accepted[person] = 1
        for verb, body in moves:
            await self._send(f"persons/{person}/{verb}", body)
            self.accepted[person] += 1

    async def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Repeats the command under its key until it is accepted, and some also afterwards: nothing else may happen."""
        key = uuid4().hex
        answer = await self._accepted(path, body, key)
        if next(self._commands) % REPEATED == 0:
            again = await self._accepted(path, body, key)
            assert (again.status_code, again.content) == (answer.status_code, answer.content)
        done: dict[str, Any] = answer.json()
        return done

    async def _accepted(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        """Anything but "not now" fails the test."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self._client.post(path, json=body, headers={"Idempotency-Key": key})
                self.statuses[answer.status_code] += 1
                if answer.is_success:
                    return answer
                # 409: the first attempt is still under way, the client having lost patience
                assert answer.status_code in (503, 409), answer.text
                assert int(answer.headers["retry-after"]) >= 1
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def at_work(self, *, clients: int = 4, pause: float = 0.2) -> AsyncIterator[None]:
        """Lives go on beside the body; at its end those begun are led to their end. A failure ends the body."""
        enough = asyncio.Event()

        async def one_client() -> None:
            while not enough.is_set():
                await self.live()
                await asyncio.sleep(pause)

        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(one_client())
            yield
            enough.set()

    async def until(self, commands: int) -> None:
        """Until so many commands more were accepted."""
        target = self.commands + commands
        async with asyncio.timeout(PATIENCE):
            while self.commands < target:
                await asyncio.sleep(0.02)

    async def until_refused(self, times: int) -> None:
        """Until clients were told "not now" so often, ever."""
        async with asyncio.timeout(PATIENCE):
            while self.statuses[503] < times:
                await asyncio.sleep(0.02)
