"""A step over a version that its caller did not see is refused; who names no version takes what there is."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.grid.wiring import UseCases, use_cases
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import (
    CLERK,
    HANDLER,
    HEAD,
    SECOND_GRID,
    WORKER,
    a_span,
    a_tag,
    an_incident,
    until_it_waits,
)
from tests.grid.conftest import Facts

STEPS: dict[str, tuple[Principal, dict[str, Any]]] = {
    "file": (CLERK, {}),
    "reject": (CLERK, {"reason": "nothing_there"}),
    "dispatch": (CLERK, {}),
    "accept": (HANDLER, {}),
    "return": (HANDLER, {"reason": "not_responsible"}),
    "feedback": (HANDLER, {"reason": "cleaned"}),
    "check": (HEAD, {"passed": True}),
    "close": (CLERK, {}),
}
TO = {"file": (), "reject": (), "dispatch": ("file",), "accept": ("file", "dispatch"), "return": ("file", "dispatch"),
      "feedback": ("file", "dispatch", "accept"), "check": ("file", "dispatch", "accept", "feedback"),
      "close": ("file", "dispatch", "accept", "feedback", "check")}  # fmt: skip


async def step(door: Door, unit: str, incident: str, name: str, tag: str | None = None) -> httpx.Response:
    who, body = STEPS[name]
    body = {**body, "unit_id": unit} if name == "dispatch" else body
    async with door.client(who) as client:
        headers = {} if tag is None else {"If-Match": tag}
        return await client.post(f"/incidents/{incident}/{name}", json=body, headers=headers)


async def reported(door: Door) -> str:
    async with door.client(WORKER) as client:
        answer = await client.post("/incidents", json=an_incident())
    assert answer.headers["etag"] == '"1"'
    return str(answer.json()["id"])


@pytest.mark.parametrize("name", list(STEPS))
async def test_every_step_refuses_another_version_and_answers_with_the_tag_of_the_one_it_made(
    door: Door, grids: None, unit: str, facts: Facts, name: str
) -> None:
    incident = await reported(door)
    for before in TO[name]:
        assert (await step(door, unit, incident, before)).status_code == 200
    version = len(TO[name]) + 1
    for stale in (f'"{version - 1}"', f'"{version + 1}"', f'W/"{version}"'):
        refused = await step(door, unit, incident, name, stale)
        assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch"), stale
    assert len(await facts("grid.incident", incident)) == version, "nothing happened"
    made = await step(door, unit, incident, name, f'"{version}"')
    assert (made.status_code, made.headers["etag"]) == (200, f'"{version + 1}"')
    assert made.json()["version"] == version + 1


async def test_the_tag_of_the_detail_as_it_was_read_opens_the_step(door: Door, grids: None, unit: str) -> None:
    incident = await reported(door)
    async with door.client(CLERK) as client:
        tag = (await client.get(f"/incidents/{incident}")).headers["etag"]
    assert tag == '"1.masked"'
    assert (await step(door, unit, incident, "file", tag)).status_code == 200


async def visit_of(door: Door, visit_id: str) -> httpx.Response:
    async with door.client(WORKER) as client:
        return await client.get(f"/visits/{visit_id}")


async def record(door: Door, visit_id: str, tag: str | None = None) -> httpx.Response:
    async with door.client(WORKER) as client:
        return await client.post(
            f"/visits/{visit_id}/record",
            json={"finding": "normal", "done_on": "2026-03-16"},
            headers={} if tag is None else {"If-Match": tag},
        )


@pytest.fixture
async def due(door: Door, arrivals: Arrivals, grids: None) -> tuple[UUID, UUID, str]:
    """A person, the person's tag, and the visit that it made due."""
    person, tag = new_id(), new_id()
    await arrivals.take(a_tag(person, id=tag))
    async with door.client(WORKER) as client:
        (visit,) = (await client.get("/visits")).json()["items"]
    return person, tag, visit["id"]


async def test_a_visit_is_recorded_over_the_version_that_was_seen_only(door: Door, due: tuple[UUID, UUID, str]) -> None:
    _, _, visit = due
    tag = (await visit_of(door, visit)).headers["etag"]
    refused = await record(door, visit, '"7"')
    assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
    assert (await visit_of(door, visit)).json()["status"] == "due"
    made = await record(door, visit, tag)
    assert (made.status_code, made.headers["etag"]) == (200, '"2"')


def the_use_cases(session: Any, clock: FrozenClock, crypto: Crypto) -> UseCases:
    outbox = Outbox(session, owner="grid", clock=clock)
    return use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))


@pytest.mark.parametrize(("tag", "status"), [(None, 200), ('"1"', 412)])
async def test_a_visit_that_moves_while_it_is_recorded_is_recorded_where_it_moved_unless_a_version_was_named(
    door: Door,
    due: tuple[UUID, UUID, str],
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    tag: str | None,
    status: int,
) -> None:
    person, tag_id, visit = due
    async with committed.session() as session:
        moved = a_tag(person, a_span(SECOND_GRID, date(2026, 3, 16)), id=tag_id, version=2)
        await the_use_cases(session, clock, crypto).visit_planning.follow([moved])
        await session.flush()
        recording = asyncio.create_task(record(door, visit, tag))
        await until_it_waits(recording, committed)
        await session.commit()
    assert (await recording).status_code == status
    shown = (await visit_of(door, visit)).json()
    assert (shown["area"], shown["status"]) == (SECOND_GRID, "done" if status == 200 else "due")
