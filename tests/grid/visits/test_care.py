"""Care from a tag to its end: due for the worker of the day, handed over, on its form, missed, ended by death."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.grid.visit_rules.domain import VisitRuleTerms
from services.grid.visits.domain import is_missed
from services.grid.visits.schedules import plan_visits
from shared.auth.access_log import AccessNotes
from shared.contracts.registry.persons import PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    REGISTRAR,
    SECOND_GRID,
    VILLAGE,
    WORKER,
    a_person,
    a_span,
    a_tag,
    restricted,
)
from tests.grid.conftest import Facts
from tests.grid.staff.test_api import an_appointment
from tests.grid.visit_rules.entering import a_rule
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.definitions import VISITED

Day = Callable[[], Awaitable[None]]
OTHER_WORKER = a_principal("grid_worker", VILLAGE, subject="other-worker")
PAID = {"finding": "normal", "done_on": "2026-03-16"}


@pytest.fixture
def person() -> UUID:
    return new_id()


@pytest.fixture
def run_schedule(committed: Database, clock: FrozenClock, crypto: Crypto) -> Day:
    """The daily duty, as the worker process runs it."""

    async def run() -> None:
        async with committed.session() as session:
            outbox = Outbox(session, owner="grid", clock=clock)
            await plan_visits(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
            await session.commit()

    return run


async def appointed(door: Door, who: str, **what: Any) -> dict[str, Any]:
    async with door.client(COUNTY_OFFICER) as county:
        answer = await county.post("/grid-staff", json=an_appointment(worker=who, **what))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def shown(door: Door, who: Any = COUNTY_OFFICER, **filters: Any) -> list[dict[str, Any]]:
    async with door.client(who) as client:
        found: list[dict[str, Any]] = (await client.get("/visits", params=filters)).json()["items"]
        assert (await client.get("/visits/count", params=filters)).json()["count"] == len(found)
    return found


async def step(door: Door, visit: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    async with door.client(WORKER) as client:
        tag = {"If-Match": f'"{visit["version"]}"'}
        return await client.post(f"/visits/{visit['id']}/{verb}", json=body or None, headers=tag)


async def kinds(facts: Facts, noun: str = "grid.visit") -> list[str]:
    return [one.type.rpartition(".")[2] for one in await facts(noun)]


async def test_from_the_tag_to_the_death(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts, clock: FrozenClock, run_schedule: Day
) -> None:
    """A tag makes visits due, another worker has them, a missed one is an incident, a death ends them."""
    mine = await appointed(door, WORKER.subject)
    await arrivals.take(a_person(person), a_tag(person))
    [visit] = await shown(door, WORKER, mine=True)
    assert (visit["worker"], visit["due_on"], visit["handovers"]) == (WORKER.subject, "2026-03-23", 0)
    async with door.client(COUNTY_OFFICER) as county:
        ended = await county.post(f"/grid-staff/{mine['id']}/end", json={"until": "2026-03-16"})
        assert ended.status_code == 200, ended.text
    await appointed(door, OTHER_WORKER.subject)
    assert await shown(door, WORKER, mine=True) == []
    [visit] = await shown(door, OTHER_WORKER, mine=True)
    assert (visit["handovers"], visit["handed_over_on"]) == (1, "2026-03-16")
    clock.advance(days=14)  # the shipped rule: 7 days after the day on which it was due
    await run_schedule()
    assert (await shown(door))[0]["incident_id"] is None
    clock.advance(days=1)
    await run_schedule()
    await run_schedule()
    [visit] = await shown(door, missed=True)
    assert (visit["status"], visit["missed_on"], visit["overdue"]) == ("due", "2026-03-31", True)
    async with door.client(CLERK) as clerk:
        [incident] = (await clerk.get("/incidents")).json()["items"]
        assert (incident["id"], incident["source"], incident["area"]) == (visit["incident_id"], "visit", FIRST_GRID)
        detail = (await clerk.get(f"/incidents/{incident['id']}")).json()
        assert visit["id"] in detail["description"]
    await arrivals.take(a_person(person, version=2, status=PersonStatus.DECEASED))
    assert [one["status"] for one in await shown(door)] == ["cancelled"]
    await run_schedule()
    assert [one["status"] for one in await shown(door)] == ["cancelled"]
    assert await kinds(facts) == ["planned", "handed_over", "handed_over", "missed", "cancelled"]
    said = "".join(one.model_dump_json() for one in await facts())
    for login in (WORKER.subject, OTHER_WORKER.subject):
        assert login not in said
    told = [one.state for one in await facts("grid.visit")]
    assert [one.assigned for one in told] == [True, False, True, True, True]
    assert [one.handovers for one in told] == [0, 1, 1, 1, 1]


async def test_a_substitute_has_the_visits_of_their_days(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, clock: FrozenClock, run_schedule: Day
) -> None:
    await appointed(door, WORKER.subject)
    await arrivals.take(a_tag(person))
    term = {"duty": "substitute", "since": "2026-03-18", "until": "2026-03-20"}
    await appointed(door, OTHER_WORKER.subject, **term)
    workers = []
    for _ in range(5):
        await run_schedule()
        workers.append((await shown(door))[0]["worker"])
        clock.advance(days=1)
    assert workers == [WORKER.subject] * 2 + [OTHER_WORKER.subject] * 2 + [WORKER.subject]


async def test_where_somebody_moves_the_worker_there_has_the_visit_and_the_next_one(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await appointed(door, WORKER.subject)
    await appointed(door, OTHER_WORKER.subject, grid=SECOND_GRID)
    tag = a_tag(person)
    await arrivals.take(a_person(person), tag)
    moved = (a_span(end=date(2026, 3, 16)), a_span(SECOND_GRID, start=date(2026, 3, 16)))
    await arrivals.take(a_person(person, *moved, version=2))
    [visit] = await shown(door)
    assert (visit["worker"], visit["handovers"]) == (OTHER_WORKER.subject, 0)
    assert (await step(door, visit, "record", **PAID)).status_code == 200
    assert {one["worker"] for one in await shown(door)} == {OTHER_WORKER.subject}
    assert await kinds(facts) == ["planned", "moved", "done", "planned"]


async def test_a_grid_that_nobody_answers_for_leaves_its_visits_to_the_village(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await arrivals.take(a_tag(person), a_tag(new_id(), a_span(VILLAGE)))
    assert {one["worker"] for one in await shown(door)} == {None}
    await appointed(door, WORKER.subject)
    assert sorted(str(one["worker"]) for one in await shown(door)) == sorted(["None", WORKER.subject])
    told = (await facts("grid.visit"))[-1]
    assert (told.type, told.state.handovers) == ("grid.visit.handed_over", 0), "given out, by nobody"


async def test_the_same_states_and_days_again_hand_nothing_over(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts, run_schedule: Day
) -> None:
    await appointed(door, WORKER.subject)
    tag = a_tag(person)
    await arrivals.take(tag)
    before = await facts()
    for _ in range(2):
        await run_schedule()
        await arrivals.take(tag, revision=7)
    assert await facts() == before


async def test_the_rule_of_a_level_holds_for_tags_of_that_level(
    door: Door, arrivals: Arrivals, facts: Facts, run_schedule: Day
) -> None:
    one, other = a_tag(new_id(), code="disabled").model_copy(update={"level": "1"}), a_tag(new_id(), code="disabled")
    await arrivals.take(one, other)
    assert [visit["due_on"] for visit in await shown(door)] == ["2026-03-30"] * 2
    await a_rule(door, "disabled", level="1", every_days=3, first_within_days=2)
    await arrivals.take(a_tag(new_id(), code="disabled").model_copy(update={"level": "1"}))
    assert [visit["due_on"] for visit in await shown(door)] == ["2026-03-18", "2026-03-30", "2026-03-30"]
    [first, *_] = await shown(door)
    assert (await step(door, first, "record", **PAID)).status_code == 200
    assert [visit["due_on"] for visit in await shown(door, status="due")] == ["2026-03-19", "2026-03-30", "2026-03-30"]


async def test_of_a_restricted_tag_the_incident_says_the_village_and_no_visit(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts, clock: FrozenClock, run_schedule: Day
) -> None:
    """Many read incidents who may not know of such tags: nothing leads from the one to the other."""
    await arrivals.take(a_person(person), restricted(a_tag(person, code="released_prisoner")))
    clock.advance(days=40)
    await run_schedule()
    [visit] = await shown(door, REGISTRAR, missed=True)
    async with door.client(CLERK) as clerk:
        [incident] = (await clerk.get("/incidents")).json()["items"]
        whole = (await clerk.get(f"/incidents/{incident['id']}")).text
        assert (incident["area"], incident["source"], incident["category"]) == (VILLAGE, "visit", "livelihood")
        for word in (visit["id"], str(person), FIRST_GRID, "released_prisoner", "敏感", visit["due_on"]):
            assert word not in whole
    assert await kinds(facts, "grid.restricted_visit") == ["planned", "missed"]
    assert "incident_id" not in (await facts("grid.restricted_visit"))[-1].model_dump_json()


async def test_who_lives_where_a_grid_is_no_more_is_missed_in_the_village(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, clock: FrozenClock, run_schedule: Day
) -> None:
    await arrivals.take(a_tag(person))
    async with door.client(COUNTY_OFFICER) as county:
        body = {"closed_on": "2026-03-16", "successors": []}
        closed = await county.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})
        assert closed.status_code == 200, closed.text
    clock.advance(days=20)
    await run_schedule()
    async with door.client(CLERK) as clerk:
        assert [one["area"] for one in (await clerk.get("/incidents")).json()["items"]] == [VILLAGE]


async def test_without_days_in_the_rule_nothing_is_missed_and_a_village_unknown_waits(
    door: Door, arrivals: Arrivals, person: UUID, clock: FrozenClock, run_schedule: Day
) -> None:
    await a_rule(door, "orphan")
    await arrivals.take(a_tag(new_id(), a_span(VILLAGE), code="orphan"), a_tag(person, a_span(VILLAGE)))
    clock.advance(days=40)
    await run_schedule()  # registry has not announced the village yet
    assert await shown(door, missed=True) == []
    assert len(await shown(door, overdue=True)) == 2


@pytest.mark.parametrize(("after", "late", "missed"), [(3, 3, False), (3, 4, True), (0, 1, True), (None, 99, False)])
def test_a_visit_is_missed_after_the_days_of_its_rule(after: int | None, late: int, missed: bool) -> None:
    rule = VisitRuleTerms(7, 7, after, None if after is None else "livelihood")
    due = date(2026, 3, 1)
    assert is_missed(due, rule, date.fromordinal(due.toordinal() + late)) is missed
    assert not is_missed(due, None, date(2030, 1, 1))


async def test_the_form_of_a_visit_is_a_record_of_the_rules_ledger_about_the_person(
    door: Door, villages: None, arrivals: Arrivals, person: UUID, committed: Database
) -> None:
    await Published(committed).publish(VISITED)
    await a_rule(door, "elder_alone", ledger="home_visits")
    stranger = new_id()
    await arrivals.take(a_person(person), a_person(stranger), a_tag(person), a_tag(stranger, code="orphan"))
    visits = {one["person_id"]: one for one in await shown(door)}
    visit, formless = visits[str(person)], visits[str(stranger)]
    assert (visit["form"], formless["form"]) == ("home_visits", None)

    async def form(about: UUID) -> str:
        body = {"area": VILLAGE, "subject_id": str(about), "values": {"need": "meal"}}
        async with door.client(WORKER) as client:
            answer = await client.post("/ledgers/home_visits/records", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    record, foreign = await form(person), await form(stranger)
    for wrong in (None, str(new_id()), foreign):
        answer = await step(door, visit, "record", **PAID, record_id=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "visit_record_wrong")
    answer = await step(door, formless, "record", **PAID, record_id=foreign)
    assert (answer.status_code, answer.json()["code"]) == (422, "visit_record_wrong")
    absent = await step(door, visit, "record", **{**PAID, "finding": "absent"})
    assert absent.status_code == 200, "who was not met has no form"
    done = await step(door, absent.json(), "record", **PAID, record_id=record)
    assert (done.status_code, done.json()["record_id"], done.json()["form"]) == (200, record, None)
    [following] = [one for one in await shown(door, status="due") if one["person_id"] == str(person)]
    twice = await step(door, following, "record", **PAID, record_id=record)
    assert (twice.status_code, twice.json()["code"]) == (409, "visit_record_taken")


async def test_what_was_recorded_is_taken_back_and_the_next_visit_with_it(
    door: Door, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    await arrivals.take(a_tag(person))
    [visit] = await shown(door)
    nothing = await step(door, visit, "take-back")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "visit_nothing_to_take_back")
    absent = (await step(door, visit, "record", **{**PAID, "finding": "absent"})).json()
    again = (await step(door, absent, "take-back")).json()
    assert (again["attempts"], again["attempted_on"], again["status"]) == (0, None, "due")
    done = (await step(door, again, "record", **PAID)).json()
    [following] = await shown(door, status="due")
    later = (await step(door, following, "record", **PAID)).json()
    early = await step(door, done, "take-back")
    assert (early.status_code, early.json()["code"]) == (409, "visit_nothing_to_take_back")
    assert (await step(door, later, "take-back")).json()["status"] == "due"
    back = (await step(door, done, "take-back")).json()
    assert (back["status"], back["done_on"], back["finding"]) == ("due", None, None)
    assert [one["id"] for one in await shown(door, status="due")] == [visit["id"]]
    async with door.client(WORKER) as client:
        assert (await client.post(f"/visits/{visit['id']}/take-back")).status_code == 428
    assert (await kinds(facts))[-2:] == ["cancelled", "taken_back"]
    assert [one.action for one in door.accesses.entries].count("take_back") == 3


async def test_what_is_taken_back_after_the_tag_ended_is_not_due(
    door: Door, arrivals: Arrivals, person: UUID, committed: Database
) -> None:
    tag = a_tag(person)
    await arrivals.take(tag)
    [visit] = await shown(door)
    done = (await step(door, visit, "record", **PAID)).json()
    await arrivals.take(tag.model_copy(update={"version": 2, "ended_on": date(2026, 3, 16)}))
    assert (await step(door, done, "take-back")).status_code == 200
    assert {one["status"] for one in await shown(door)} == {"cancelled"}
    async with committed.session() as session:
        due = await session.scalar(text("SELECT count(*) FROM visits WHERE status = 'due'"))
    assert due == 0
