"""Recording a visit: whoever was absent was not visited, and the day lies within what asked for it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.grid.visits.domain import VisitDateInvalid, check_day
from shared.contracts.grid.visits import VisitAttempted, VisitDone, VisitPlanned
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import WORKER, a_tag
from tests.grid.conftest import Facts

BEGAN = date(2026, 3, 1)


@pytest.fixture
def person() -> UUID:
    return new_id()


@pytest.fixture
async def visit(door: Door, arrivals: Arrivals, person: UUID) -> str:
    await arrivals.take(a_tag(person, started_on=BEGAN))
    (due,) = await listed(door)
    return str(due["id"])


async def listed(door: Door, **filters: Any) -> list[dict[str, Any]]:
    async with door.client(WORKER) as client:
        items: list[dict[str, Any]] = (await client.get("/visits", params=filters)).json()["items"]
    return items


async def record(door: Door, visit: str, finding: str, done_on: str = "2026-03-16") -> httpx.Response:
    async with door.client(WORKER) as client:
        return await client.post(f"/visits/{visit}/record", json={"finding": finding, "done_on": done_on})


async def test_who_was_absent_was_not_visited_and_the_visit_stays_due(door: Door, visit: str, facts: Facts) -> None:
    for count, day in enumerate(("2026-03-14", "2026-03-16", "2026-03-15"), start=1):
        tried = (await record(door, visit, "absent", day)).json()
        assert (tried["status"], tried["done_on"], tried["finding"], tried["attempts"]) == ("due", None, None, count)
    assert tried["attempted_on"] == "2026-03-16"
    assert [one["id"] for one in await listed(door)] == [visit], "no further visit is planned"
    told = await facts("grid.visit")
    assert [type(fact) for fact in told] == [VisitPlanned, VisitAttempted, VisitAttempted, VisitAttempted]
    assert [fact.state.version for fact in told] == [1, 2, 3, 4]


async def test_a_visit_after_attempts_is_paid_and_keeps_their_number(door: Door, visit: str, facts: Facts) -> None:
    await record(door, visit, "absent", "2026-03-14")
    paid = (await record(door, visit, "normal")).json()
    assert (paid["status"], paid["done_on"], paid["attempts"]) == ("done", "2026-03-16", 1)
    assert [type(fact) for fact in await facts("grid.visit")][-2:] == [VisitDone, VisitPlanned]
    (following,) = await listed(door, status="due")
    assert following["attempts"] == 0


async def test_an_attempt_makes_no_visit_less_overdue(door: Door, visit: str, clock: FrozenClock) -> None:
    clock.set(datetime(2026, 4, 1, 2, tzinfo=UTC))
    await record(door, visit, "absent", "2026-03-31")
    assert [one["id"] for one in await listed(door, overdue=True)] == [visit]


@pytest.mark.parametrize("finding", ["normal", "needs_help", "absent"])
@pytest.mark.parametrize(
    ("day", "code"), [("2026-03-17", "in_the_future"), ("2026-02-28", "before_tag"), ("2026-03-01", None)]
)
async def test_the_day_lies_between_the_tags_first_day_and_today(
    door: Door, visit: str, finding: str, day: str, code: str | None
) -> None:
    answer = await record(door, visit, finding, day)
    if code is None:
        assert answer.status_code == 200
        return
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "visit_date_invalid")
    assert [(error["path"], error["code"]) for error in body["errors"]] == [("done_on", code)]


async def test_a_visit_is_not_paid_before_the_last_one(door: Door, visit: str) -> None:
    await record(door, visit, "normal", "2026-03-10")
    (following,) = await listed(door, status="due")
    refused = await record(door, following["id"], "normal", "2026-03-09")
    assert [error["code"] for error in refused.json()["errors"]] == ["before_last_visit"]
    assert (await record(door, following["id"], "normal", "2026-03-10")).status_code == 200


@pytest.mark.parametrize(
    ("done_on", "allowed"),
    [(date(2026, 3, 1), True), (date(2026, 3, 9), True), (date(2026, 3, 10), False), (date(2026, 2, 28), False)],
)
def test_a_tag_that_ended_asked_for_visits_up_to_the_day_before(done_on: date, *, allowed: bool) -> None:
    tag = a_tag(new_id(), started_on=BEGAN, ended_on=date(2026, 3, 10))
    if allowed:
        check_day(done_on, today=date(2026, 3, 16), tag=tag, last_done=None)
        return
    with pytest.raises(VisitDateInvalid):
        check_day(done_on, today=date(2026, 3, 16), tag=tag, last_done=None)
