"""The visit plan follows what registry says of a tag and its person."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.grid.visits.consumers import tags_changed
from services.grid.visits.domain import Finding, home
from services.grid.visits.schedules import plan_visits
from services.grid.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.contracts.grid.visits import RestrictedVisitState, VisitDone, VisitMoved, VisitPlanned, VisitState
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagState
from shared.contracts.restoring import FORGOTTEN
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.routes import Change, ConsumerContext
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from shared.testing.positions import a_position
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_CLERK,
    OTHER_VILLAGE,
    REGISTRAR,
    SECOND_GRID,
    VILLAGE,
    WORKER,
    a_person,
    a_span,
    a_tag,
    lies_elsewhere,
    restricted,
    until_it_waits,
)
from tests.grid.conftest import Facts
from tests.grid.visit_rules.entering import a_rule

Schedule = Callable[[], Awaitable[None]]


@pytest.fixture
def person() -> UUID:
    return new_id()


@pytest.fixture
def run_schedule(committed: Database, clock: FrozenClock, crypto: Crypto) -> Schedule:
    """The daily duty, as the worker runs it."""

    async def run() -> None:
        async with committed.session() as session:
            outbox = Outbox(session, owner="grid", clock=clock)
            await plan_visits(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
            await session.commit()

    return run


async def shown(door: Door, **filters: Any) -> list[dict[str, Any]]:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.get("/visits", params={"limit": 200, **filters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def record(door: Door, visit_id: str, **body: Any) -> httpx.Response:
    async with door.client(WORKER) as client:
        return await client.post(
            f"/visits/{visit_id}/record", json={"finding": "normal", "done_on": "2026-03-16", **body}
        )


async def test_a_tag_that_starts_makes_a_visit_due_within_the_rules_days(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await arrivals.take(a_person(person), a_tag(person))
    (visit,) = await shown(door)
    assert {key: visit[key] for key in ("person_id", "area", "due_on", "status", "done_on", "finding", "overdue")} == {
        "person_id": str(person),
        "area": FIRST_GRID,
        "due_on": "2026-03-23",
        "status": "due",
        "done_on": None,
        "finding": None,
        "overdue": False,
    }
    (fact,) = await facts("grid.visit")
    assert isinstance(fact, VisitPlanned)
    assert fact.state.version == 1


async def test_a_tag_that_began_long_ago_is_visited_soon_and_not_in_the_past(
    door: Door, arrivals: Arrivals, person: UUID
) -> None:
    await arrivals.take(a_tag(person, started_on=date(2020, 1, 1)))
    assert [visit["due_on"] for visit in await shown(door)] == ["2026-03-23"]


async def test_a_tag_without_a_rule_makes_no_visit_due(door: Door, arrivals: Arrivals, person: UUID) -> None:
    await arrivals.take(a_tag(person, code="migrant_worker"))
    assert await shown(door) == []


async def test_a_restricted_tag_makes_a_visit_due_and_neither_topic_nor_answer_names_it(
    door: Door, arrivals: Arrivals, person: UUID, committed: Database
) -> None:
    await arrivals.take(restricted(a_tag(person, code="released_prisoner")))
    async with door.client(REGISTRAR) as client:
        (visit,) = (await client.get("/visits")).json()["items"]
    assert "released_prisoner" not in str(visit)
    async with committed.session() as session:
        payloads = (await session.execute(text("SELECT convert_from(payload, 'UTF8') FROM outbox"))).scalars().all()
    assert len(payloads) == 1
    assert "released_prisoner" not in payloads[0]
    assert not any("tag" in field for field in (*VisitState.model_fields, *RestrictedVisitState.model_fields))


async def test_the_same_states_again_change_nothing(door: Door, arrivals: Arrivals, person: UUID, facts: Facts) -> None:
    tag = a_tag(person)
    await arrivals.take(a_person(person), tag)
    before, told = await shown(door), await facts()
    await arrivals.take(tag, a_person(person))
    await arrivals.take(tag, revision=7)
    await arrivals.take(a_person(person), revision=7)
    assert await shown(door) == before
    assert await facts() == told


async def test_a_tag_that_ends_cancels_the_visit_that_is_due(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    tag = a_tag(person)
    await arrivals.take(tag)
    await arrivals.take(a_tag(person, id=tag.id, version=2, ended_on=date(2026, 3, 16)))
    (visit,) = await shown(door)
    assert (visit["status"], visit["overdue"]) == ("cancelled", False)
    assert [fact.type for fact in await facts("grid.visit")] == ["grid.visit.planned", "grid.visit.cancelled"]
    assert (await record(door, visit["id"])).json()["code"] == "visit_not_due"


async def test_a_tag_that_registry_lost_in_a_restore_cancels_the_visit_that_is_due(
    door: Door, arrivals: Arrivals, facts: Facts, person: UUID
) -> None:
    tag = a_tag(person)
    await arrivals.take(tag)
    assert [visit["status"] for visit in await shown(door)] == ["due"]
    await arrivals.take(tag, revision=7, word=FORGOTTEN)
    assert [visit["status"] for visit in await shown(door)] == ["cancelled"]
    assert [fact.type for fact in await facts("grid.visit")] == ["grid.visit.planned", "grid.visit.cancelled"]


async def test_an_end_that_lies_ahead_cancels_when_it_has_come(
    door: Door, arrivals: Arrivals, person: UUID, clock: FrozenClock, run_schedule: Schedule
) -> None:
    await arrivals.take(a_tag(person, ended_on=date(2026, 3, 18)))
    await run_schedule()
    assert [visit["status"] for visit in await shown(door)] == ["due"]
    clock.advance(days=2)
    await run_schedule()
    assert [visit["status"] for visit in await shown(door)] == ["cancelled"]


MOVED = (a_span(end=date(2026, 3, 10)), a_span(SECOND_GRID, start=date(2026, 3, 10)))


@pytest.mark.parametrize("order", ["person first", "tag first", "person only", "tag only", "one batch"])
async def test_the_visit_follows_a_person_who_moved_once_whatever_arrives_first(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts, order: str
) -> None:
    tag = a_tag(person)
    known = [a_person(person)] if order != "tag only" else []
    await arrivals.take(*known, tag)
    moved_person, moved_tag = a_person(person, *MOVED, version=2), a_tag(person, *MOVED, id=tag.id, version=2)
    match order:
        case "person first":
            await arrivals.take(moved_person)
            await arrivals.take(moved_tag)
        case "tag first":
            await arrivals.take(moved_tag)
            await arrivals.take(moved_person)
        case "person only":
            await arrivals.take(moved_person)
        case "tag only":
            await arrivals.take(moved_tag)
        case _:
            await arrivals.take(moved_tag, moved_person)
    (visit,) = await shown(door)
    assert (visit["area"], visit["due_on"], visit["version"]) == (SECOND_GRID, "2026-03-23", 2)
    told = await facts("grid.visit")
    assert [type(fact) for fact in told] == [VisitPlanned, VisitMoved]
    assert told[-1].state.area == SECOND_GRID


@pytest.mark.parametrize("status", [PersonStatus.DECEASED, PersonStatus.MOVED_OUT, PersonStatus.MISSING])
async def test_nobody_is_sent_to_a_person_who_is_gone_and_who_comes_back_is_visited_again(
    door: Door, arrivals: Arrivals, person: UUID, status: PersonStatus
) -> None:
    await arrivals.take(a_person(person), a_tag(person))
    await arrivals.take(a_person(person, a_span(end=date(2026, 3, 15)), version=2, status=status))
    assert [visit["status"] for visit in await shown(door)] == ["cancelled"]
    await arrivals.take(a_person(person, a_span(SECOND_GRID), version=3))
    assert sorted(visit["status"] for visit in await shown(door)) == ["cancelled", "due"]
    assert [visit["area"] for visit in await shown(door, status="due")] == [SECOND_GRID]


async def test_a_tag_that_arrives_after_the_persons_death_makes_nothing_due(
    door: Door, arrivals: Arrivals, person: UUID
) -> None:
    await arrivals.take(a_person(person, status=PersonStatus.DECEASED))
    await arrivals.take(a_tag(person))
    assert await shown(door) == []


async def test_a_recorded_visit_makes_the_next_one_due(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await arrivals.take(a_tag(person, started_on=date(2026, 3, 1)))
    (visit,) = await shown(door)
    done = await record(door, visit["id"], finding="needs_help", done_on="2026-03-15")
    assert done.status_code == 200, done.text
    assert (done.json()["status"], done.json()["finding"], done.json()["done_on"]) == (
        "done",
        "needs_help",
        "2026-03-15",
    )
    (following,) = await shown(door, status="due")
    assert following["due_on"] == "2026-03-22"  # 7 days after the visit
    told = await facts("grid.visit")
    assert [type(fact) for fact in told] == [VisitPlanned, VisitDone, VisitPlanned]
    assert [fact.state.version for fact in told] == [1, 2, 1]
    assert (await record(door, visit["id"])).json()["code"] == "visit_not_due"


async def test_a_visit_recorded_late_does_not_make_the_next_one_overdue_at_once(
    door: Door, arrivals: Arrivals, person: UUID
) -> None:
    await arrivals.take(a_tag(person, started_on=date(2026, 1, 1)))
    (visit,) = await shown(door)
    await record(door, visit["id"], done_on="2026-02-01")
    assert [one["due_on"] for one in await shown(door, status="due")] == ["2026-03-16"]


async def test_a_visit_is_not_recorded_ahead(door: Door, arrivals: Arrivals, person: UUID) -> None:
    await arrivals.take(a_tag(person))
    (visit,) = await shown(door)
    refused = await record(door, visit["id"], done_on="2026-03-17")
    assert (refused.status_code, refused.json()["code"]) == (422, "visit_date_invalid")


async def test_two_who_record_the_same_visit_at_once_make_one_next_visit(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await arrivals.take(a_tag(person))
    (visit,) = await shown(door)
    answers = await asyncio.gather(*(record(door, visit["id"]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await shown(door, status="due")) == 1
    assert [type(fact) for fact in await facts("grid.visit")] == [VisitPlanned, VisitDone, VisitPlanned]


async def test_a_tag_that_ends_while_the_visit_is_recorded_leaves_nothing_due(
    door: Door, arrivals: Arrivals, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    tag = a_tag(person)
    await arrivals.take(tag)
    (visit,) = await shown(door)
    ended = a_tag(person, id=tag.id, version=2, ended_on=date(2026, 3, 16))
    async with committed.session() as session:
        outbox = Outbox(session, owner="grid", clock=clock)
        visits = use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock))).visits
        await visits.record(WORKER, UUID(visit["id"]), finding=Finding.NORMAL, done_on=date(2026, 3, 16))
        await session.flush()
        arriving = asyncio.create_task(arrivals.take(ended))
        await until_it_waits(arriving, committed)
        await session.commit()
    await arriving
    assert sorted(one["status"] for one in await shown(door)) == ["cancelled", "done"]


async def test_the_daily_schedule_takes_up_a_rule_that_came_later_and_is_idle_otherwise(
    door: Door, arrivals: Arrivals, person: UUID, run_schedule: Schedule, facts: Facts
) -> None:
    await arrivals.take(a_tag(person, code="unemployed"), a_tag(new_id()))
    await run_schedule()
    assert len(await shown(door)) == len(await facts("grid.visit")) == 1
    await a_rule(door, "unemployed", every_days=90, first_within_days=30)
    await run_schedule()
    await run_schedule()
    assert sorted(visit["due_on"] for visit in await shown(door)) == ["2026-03-23", "2026-04-15"]


async def test_a_rebuild_of_the_projection_moves_no_visit(
    committed: Database, clock: FrozenClock, crypto: Crypto, person: UUID, facts: Facts
) -> None:
    tag: TagState = a_tag(person)
    async with committed.session() as session:
        outbox = Outbox(session, owner="grid", clock=clock)
        raw: Any = None
        envelope: Any = None
        context = ConsumerContext(session, clock, outbox, crypto, AccessNotes(clock), raw, slot=1, rebuilding=True)
        await tags_changed(context, [Change(None, tag, envelope)])
        await session.commit()
    assert await facts() == []


def test_home_is_where_a_span_holds_today() -> None:
    today = date(2026, 3, 16)
    past, ahead = a_span(FIRST_GRID, date(2026, 1, 1), today), a_span(SECOND_GRID, date(2026, 3, 17))
    assert home((past, ahead), today) is None
    assert home((past, ahead), date(2026, 3, 15)) == FIRST_GRID
    assert home((past, ahead), date(2026, 3, 17)) == SECOND_GRID
    assert home((a_span(FIRST_GRID, date(2026, 1, 1)), ahead), today) == FIRST_GRID


async def test_nobody_is_visited_where_they_do_not_live_yet(
    door: Door, arrivals: Arrivals, person: UUID, clock: FrozenClock, run_schedule: Schedule
) -> None:
    await arrivals.take(a_tag(person, a_span(FIRST_GRID, date(2026, 3, 20))))
    await run_schedule()
    assert await shown(door) == []
    clock.advance(days=4)
    await run_schedule()
    assert [visit["area"] for visit in await shown(door)] == [FIRST_GRID]


async def test_visits_are_seen_and_recorded_in_the_own_village_only(
    door: Door, arrivals: Arrivals, person: UUID
) -> None:
    await arrivals.take(a_tag(person))
    (visit,) = await shown(door)
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get("/visits")).json()["items"] == []
        body = {"finding": "normal", "done_on": "2026-03-16"}
        for answer in (
            await client.get(f"/visits/{visit['id']}"),
            await client.post(f"/visits/{visit['id']}/record", json=body),
            await client.post(f"/visits/{new_id()}/record", json=body),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_list_length_is_the_count_for_everybody_and_every_filter(
    door: Door, arrivals: Arrivals, person: UUID, clock: FrozenClock
) -> None:
    areas = [FIRST_GRID, FIRST_GRID, SECOND_GRID, VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE]
    await arrivals.take(*(a_tag(new_id(), a_span(area)) for area in areas), a_tag(person, code="released_prisoner"))
    await arrivals.take(*(a_tag(person, code=code) for code in ("left_behind_elder", "disabled")))
    first = next(visit for visit in await shown(door, area=FIRST_GRID) if visit["person_id"] != str(person))
    await record(door, first["id"])
    clock.set(datetime(2026, 3, 25, 2, tzinfo=UTC))
    totals = {}
    for who in (CLERK, OTHER_CLERK, WORKER, COUNTY_OFFICER):
        async with door.client(who) as client:
            for chosen in (
                {},
                {"overdue": True},
                {"overdue": False},
                {"status": "due"},
                {"person_id": str(person)},
                {"area": FIRST_GRID},
            ):
                seen: list[tuple[str, str]] = []
                params: dict[str, Any] = {**chosen, "limit": 2}
                if lies_elsewhere(who, chosen):
                    for path in ("/visits", "/visits/count"):
                        assert (await client.get(path, params=chosen)).status_code == 404
                    continue
                while True:
                    page = (await client.get("/visits", params=params)).json()
                    seen += [(item["due_on"], item["id"]) for item in page["items"]]
                    if page["next_cursor"] is None:
                        break
                    params["cursor"] = page["next_cursor"]
                counted = (await client.get("/visits/count", params=chosen)).json()["count"]
                assert len(set(seen)) == len(seen) == counted
                assert seen == sorted(seen)
                totals[who.subject, str(chosen)] = counted
    assert totals[COUNTY_OFFICER.subject, "{}"] == 10
    assert totals[OTHER_CLERK.subject, "{}"] == 2
    assert totals[CLERK.subject, "{'overdue': True}"] + totals[CLERK.subject, "{'overdue': False}"] == 8
    assert totals[CLERK.subject, f"{{'person_id': '{person}'}}"] == 3


async def test_who_looked_at_whose_visits_is_noted(door: Door, arrivals: Arrivals, person: UUID) -> None:
    await arrivals.take(a_tag(person))
    async with door.client(WORKER) as client:
        (visit,) = (await client.get("/visits")).json()["items"]
        body = {"finding": "normal", "done_on": "2026-03-16"}
        await client.post(f"/visits/{visit['id']}/record", json=body)
    noted = [(one.subject, one.action, one.object_id, one.purpose, one.role) for one in door.accesses.entries]
    assert noted == [
        (WORKER.subject, "list", str(person), "visit", "grid_worker"),
        (WORKER.subject, "record", str(person), "visit", "grid_worker"),
    ]


async def test_the_row_after_a_page_is_not_looked_at(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*(a_tag(new_id(), a_span(FIRST_GRID)) for _ in range(3)))
    async with door.client(CLERK) as client:
        page = (await client.get("/visits", params={"limit": 2})).json()
    assert page["next_cursor"] is not None
    assert [one.object_id for one in door.accesses.entries] == [one["person_id"] for one in page["items"]]


async def test_what_is_asked_of_one_persons_visits_is_noted_also_when_there_are_none(
    door: Door, arrivals: Arrivals, person: UUID
) -> None:
    await arrivals.take(a_tag(person))
    stranger = new_id()
    async with door.client(WORKER) as client:
        for one in (person, stranger):
            await client.get("/visits/count", params={"person_id": str(one)})
        await client.get("/visits", params={"person_id": str(stranger)})
        await client.get("/visits/count")
    noted = [(one.action, one.object_id, one.detail, one.result) for one in door.accesses.entries]
    assert noted == [
        ("count", str(person), "existence", "ok"),
        ("count", str(stranger), "existence", "not_found"),
        ("list", str(stranger), "existence", "not_found"),
    ]


async def test_a_reader_waits_until_the_tag_has_arrived(door: Door, arrivals: Arrivals, person: UUID) -> None:
    tag = a_tag(person)
    position = a_position(("registry.tag", str(tag.id), 1))
    async with door.client(WORKER) as client:
        waiting = asyncio.create_task(client.get("/visits", params={"min_position": position}))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await arrivals.take(tag)
        assert len((await waiting).json()["items"]) == 1


async def test_many_people_who_move_in_one_batch_are_all_followed(door: Door, arrivals: Arrivals) -> None:
    people = [new_id() for _ in range(150)]
    await arrivals.take(*(a_person(one) for one in people), *(a_tag(one) for one in people))
    await arrivals.take(*(a_person(one, *MOVED, version=2) for one in people))
    assert {visit["person_id"] for visit in await shown(door, area=SECOND_GRID)} == {str(one) for one in people}
