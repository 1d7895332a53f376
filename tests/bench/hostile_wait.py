"""hostile-wait: what others' requests take while hostile callers wait, lock and count, against the same when quiet.

The real grid API (`python -m services.grid api`) with its pool of 8. The victim is a grid worker who counts incidents,
one request after the other. Hostile, all at once: a resident with 16 connections that report with one idempotency key
and a true position that never arrives; a resident with 4 that report with an invented one; an officer with 4 that count
the county's visits. A hostile connection sends its next request 0.1 s after an answer. If the victim is
refused, nothing was measured.
"""

import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator

import httpx

from shared.messaging.outbox.position import Position
from shared.testing.positions import POSITIONS
from tests.bench.grid_stage import grid, token
from tests.bench.harness import Goal, Measure, Outcome, Unmeasured, outcome_of

GOAL = Goal("hostile-wait", "others' requests with hostile callers, against quiet (median)", 1.5, 2.0, "lower")
VILLAGE, COUNTY = "450481114201", "450481"
ASKED = 200
ROUNDS = 5
PAUSE = 0.1

NEVER = POSITIONS.seal(Position.of([("registry.area", VILLAGE, 2**40)]))
REPORT = {"source": "resident", "category": "environment", "severity": "normal", "area": VILLAGE}


def caller_of(issuer: int, role: str, area: str, subject: str) -> dict[str, str]:
    """The header of a caller of the development issuer."""
    return {"Authorization": f"Bearer {token(issuer, role, area, subject)}"}


async def hostile(send: Callable[[], Coroutine[object, object, httpx.Response]]) -> None:
    """One connection of somebody who never stops."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            await send()
        await asyncio.sleep(PAUSE)


async def besiege(base: str, issuer: int) -> None:
    """All hostile callers at work, until the process is ended."""
    waiting, inventing = (caller_of(issuer, "resident", COUNTY, name) for name in ("waiting", "inventing"))
    counting = caller_of(issuer, "county_officer", COUNTY, "counting")
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as http, asyncio.TaskGroup() as group:

        def report(caller: dict[str, str], position: str) -> Coroutine[object, object, httpx.Response]:
            headers = caller | {"Idempotency-Key": "one"}
            return http.post("/incidents", params={"min_position": position}, json=REPORT, headers=headers)

        for _ in range(16):
            group.create_task(hostile(lambda: report(waiting, NEVER)))
        for _ in range(4):
            group.create_task(hostile(lambda: report(inventing, NEVER[:-8] + "AAAAAAAA")))
            group.create_task(hostile(lambda: http.get("/visits/count", headers=counting)))
        await asyncio.sleep(1)
        print("ready", flush=True)


@contextlib.contextmanager
def besieged(base: str, issuer: int) -> Iterator[None]:
    """The hostile callers in a process of their own, which gives way to the victim's."""
    command = ["nice", "-n", "15", sys.executable, "-m", "tests.bench.hostile_wait", base, str(issuer)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        if child.stdout.readline() != b"ready\n":
            raise Unmeasured("the hostile callers did not begin")
        yield
    finally:
        child.kill()
        child.wait()


async def victim(base: str, caller: dict[str, str]) -> float:
    """Median of one round, in milliseconds."""
    took = []
    async with httpx.AsyncClient(base_url=base, timeout=60, headers=caller) as http:
        for _ in range(ASKED):
            began = time.perf_counter()
            answer = await http.get("/incidents/count", params={"area": VILLAGE})
            took.append(time.perf_counter() - began)
            if answer.status_code != 200:
                raise Unmeasured(f"the victim was answered {answer.status_code}: {answer.text}")
    return 1000 * statistics.median(took)


async def rounds(base: str, issuer: int) -> Outcome:
    """Quiet and besieged in turn, after a warm-up."""
    caller = caller_of(issuer, "grid_worker", VILLAGE, "victim")
    await victim(base, caller)
    pairs = []
    for _ in range(ROUNDS):
        quiet = await victim(base, caller)
        with besieged(base, issuer):
            pairs.append((await victim(base, caller), quiet))
    return outcome_of(pairs, "ms")


def measure() -> Outcome:
    """PostgreSQL and the callers on core 1, the API on core 0."""
    with grid() as api:
        return asyncio.run(rounds(f"{api.base}/grid/v1", api.issuer))


GOALS: dict[Goal, Measure] = {GOAL: measure}

if __name__ == "__main__":
    asyncio.run(besiege(sys.argv[1], int(sys.argv[2])))
