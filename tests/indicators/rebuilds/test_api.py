"""Rebuilds over HTTP: who may ask for one, how many at a time, and what is refused."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.auth.roles import Role
from shared.contracts.catalogue import STATE_TOPICS
from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.indicators.county import COUNTY, OPERATOR, PREFECTURE, without_request_id

RUN = {"run": 1, "count": 3, "nouns": {"registry.person": 2, "registry.area": 1}}
OTHERS = sorted(set(Role) - {Role.OPERATOR})


async def start(door: Door, principal: Principal | None, body: Any = None, **headers: str) -> httpx.Response:
    async with door.client(principal) as client:
        return await client.post("/rebuilds", json={} if body is None else body, headers=headers)


async def look(door: Door, principal: Principal | None, id: object) -> httpx.Response:
    async with door.client(principal) as client:
        return await client.get(f"/rebuilds/{id}")


async def expected_by_job(database: Database) -> list[Any]:
    """What each job was told to wait for."""
    async with database.session() as session:
        return [row[0]["expected"] for row in await session.execute(text("SELECT params FROM jobs ORDER BY number"))]


async def test_a_run_over_all_nouns_of_all_owners_is_taken(door: Door) -> None:
    """What an operator was answered is pasted as it is, however many nouns an owner comes to have."""
    nouns = {noun: 1 for noun, topic in STATE_TOPICS.items() if topic.published}
    asked = await start(door, OPERATOR, {"runs": [{"run": 1, "count": len(nouns), "nouns": nouns}]})
    assert asked.status_code == 202, asked.text


async def test_a_rebuild_is_queued_and_looked_at(door: Door) -> None:
    asked = await start(door, OPERATOR, {"runs": [RUN]})
    assert asked.status_code == 202
    seen = await look(door, OPERATOR, asked.json()["id"])
    assert seen.status_code == 200
    assert seen.json() == asked.json()
    assert {key: asked.json()[key] for key in ("status", "done", "total", "error_code", "differences")} == {
        "status": "queued",
        "done": 0,
        "total": None,
        "error_code": None,
        "differences": None,
    }
    assert asked.json()["created_at"].endswith("+08:00")
    assert asked.json()["finished_at"] is None


async def test_a_second_one_is_refused_while_the_first_is_open_and_allowed_afterwards(
    door: Door, committed: Database
) -> None:
    first = await start(door, OPERATOR)
    again = await start(door, a_principal("operator", PREFECTURE))
    assert (again.status_code, again.json()["code"]) == (409, "job_already_open")
    async with door.client(OPERATOR) as client:
        stopped = await client.post(f"/jobs/{first.json()['id']}/cancel")
    assert stopped.status_code == 200
    assert (await look(door, OPERATOR, first.json()["id"])).json()["status"] == "cancelled"
    second = await start(door, OPERATOR)
    assert second.status_code == 202
    assert second.json()["number"] > first.json()["number"]
    assert await expected_by_job(committed) == [{}, {}]


async def test_of_many_who_ask_at_once_one_is_heard(door: Door, committed: Database) -> None:
    answers = await asyncio.gather(*(start(door, a_principal("operator", COUNTY, f"值班{n}")) for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    assert len(await expected_by_job(committed)) == 1


async def test_the_same_request_again_is_the_same_rebuild(door: Door, committed: Database) -> None:
    first = await start(door, OPERATOR, {"runs": [RUN]}, **{"Idempotency-Key": "once-1"})
    again = await start(door, OPERATOR, {"runs": [RUN]}, **{"Idempotency-Key": "once-1"})
    assert (again.status_code, again.json()) == (202, first.json())
    assert len(await expected_by_job(committed)) == 1
    other = await start(door, OPERATOR, {}, **{"Idempotency-Key": "once-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_it_waits_for_the_nouns_that_indicators_follow_and_for_no_others(door: Door, committed: Database) -> None:
    nouns = {"registry.person": 5, "registry.extract": 2, "services_hall.item": 9, "grid.visit": 0}
    runs = [{"run": 3, "count": 7, "nouns": nouns}, {"run": 1, "count": 4, "nouns": {"grid.incident": 4}}]
    assert (await start(door, OPERATOR, {"runs": runs})).status_code == 202
    assert await expected_by_job(committed) == [{"registry.person": 5, "grid.visit": 0, "grid.incident": 4}]


async def test_two_runs_that_name_one_noun_announce_the_same_aggregates(door: Door, committed: Database) -> None:
    """The second run says again what the first one said, and perhaps more: the higher count is waited for."""
    runs = [{"run": run, "count": count, "nouns": {"registry.person": count}} for run, count in ((1, 9), (2, 7))]
    assert (await start(door, OPERATOR, {"runs": runs})).status_code == 202
    assert await expected_by_job(committed) == [{"registry.person": 9}]


async def test_another_job_is_no_rebuild(door: Door) -> None:
    async with door.client(OPERATOR) as client:
        republish = (await client.post("/republish", json={})).json()["job"]
    assert (await look(door, OPERATOR, republish)).status_code == 404


async def test_what_a_republish_answered_is_taken_as_it_is(door: Door) -> None:
    """The body of `POST /republish` goes into `runs` unchanged."""
    async with door.client(OPERATOR) as client:
        answered = await client.post("/republish", json={})
        asked = await client.post("/rebuilds", json={"runs": [answered.json()]})
    assert (answered.status_code, asked.status_code) == (202, 202)


async def test_other_long_work_is_not_shown_as_a_rebuild(door: Door) -> None:
    async with door.client(OPERATOR) as client:
        republish = (await client.post("/republish", json={})).json()
        assert (await client.get(f"/jobs/{republish['job']}")).status_code == 200
        assert (await client.get(f"/rebuilds/{republish['job']}")).status_code == 404


@pytest.mark.parametrize("role", OTHERS)
async def test_nobody_but_an_operator_starts_or_sees_one(door: Door, role: Role) -> None:
    known = (await start(door, OPERATOR)).json()["id"]
    caller = a_principal(role, COUNTY)
    for answer in (await start(door, caller), await look(door, caller, known)):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_is_refused_before_the_body_is_read(door: Door, committed: Database) -> None:
    assert (await start(door, None, {"runs": "所有"})).status_code == 401
    assert (await start(door, a_principal("auditor", COUNTY), {"runs": "所有"})).status_code == 403
    assert (await look(door, None, UUID(int=1))).status_code == 401
    assert await expected_by_job(committed) == []


async def test_a_rebuild_that_never_was_is_not_found(door: Door) -> None:
    first, second = await look(door, OPERATOR, UUID(int=1)), await look(door, OPERATOR, UUID(int=2))
    assert first.status_code == second.status_code == 404
    assert without_request_id(first) == without_request_id(second)
    assert (await look(door, OPERATOR, "昨天那次")).status_code == 422


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"runs": [{**RUN, "count": -1}]}, "runs.0.count"),
        ({"runs": [{**RUN, "nouns": {"registry.person": -1}}]}, "runs.0.nouns.*"),
        ({"runs": [{"run": 1, "count": 3}]}, "runs.0.nouns"),
        ({"runs": [{**RUN, "job": "x"}]}, "runs.0.job"),
        ({"runs": [RUN] * 21}, "runs"),
        ({"runs": [RUN], "force": True}, "body"),
    ],
)
async def test_a_body_that_is_wrong_is_refused_by_its_path_and_starts_nothing(
    door: Door, committed: Database, body: dict[str, Any], path: str
) -> None:
    answer = await start(door, OPERATOR, body)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == [path]
    assert await expected_by_job(committed) == []
