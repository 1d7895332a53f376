"""Several people move one case at the same moment, on committed connections: one wins, the others are told."""

import asyncio
from asyncio import gather
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import WAITING, until_it_waits
from tests.services_hall.conftest import (
    CLERK,
    NOT_ALLOWED,
    VILLAGE,
    CaseIn,
    Facts,
    Step,
    Submit,
    publish_item,
    refusal,
)

A_YEAR = CalendarState(
    id="2027", version=1, year=2027, holidays=(date(2027, 1, 1), date(2027, 1, 4)), working_weekends=(),
    provisional=False, source="notice",
)  # fmt: skip
HOLD = text("SELECT 1 FROM cases WHERE id = CAST(:id AS uuid) FOR UPDATE")


def winner(answers: Sequence[httpx.Response]) -> Any:
    """The body of the only success; all others were told 409."""
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: len(answers) - 1}
    assert all(refusal(answer) == NOT_ALLOWED for answer in answers if answer.status_code == 409)
    return next(answer.json() for answer in answers if answer.status_code == 200)


async def seen(door: Door, case: Any) -> Any:
    async with door.client(CLERK) as client:
        return (await client.get(f"/cases/{case['id']}")).json()


@pytest.mark.parametrize(
    ("status", "verb"),
    [("submitted", "receive"), ("received", "accept"), ("received", "refuse"), ("accepted", "decide"),
     ("decided", "close"), ("accepted", "withdraw")],
)  # fmt: skip
async def test_of_four_who_take_the_same_step_one_wins(
    door: Door, case_in: CaseIn, step: Step, facts: Facts, status: str, verb: str
) -> None:
    case = await case_in(status)
    won = winner(await gather(*(step(case, verb) for _ in range(4))))
    shown = await seen(door, case)
    assert (won["version"], shown["version"]) == (case["version"] + 1, case["version"] + 1)
    assert [one["step"] for one in shown["steps"]].count(verb) == 1
    assert [fact.state.version for fact in await facts(subject=case["id"])] == list(range(1, won["version"] + 1))


async def test_of_two_officers_who_decide_differently_one_decision_stands(
    door: Door, case_in: CaseIn, step: Step, facts: Facts
) -> None:
    for _ in range(3):
        case = await case_in("accepted")
        won = winner(await gather(
            step(case, "decide", granted=True), step(case, "decide", granted=False, reason="conditions_not_met")
        ))  # fmt: skip
        shown = await seen(door, case)
        assert shown["granted"] == won["granted"]
        assert shown["steps"][-1]["reason"] == (None if won["granted"] else "conditions_not_met")
        assert (await facts(subject=case["id"]))[-1].state.granted == won["granted"]


@pytest.mark.parametrize(
    ("status", "one", "other"),
    [("received", "accept", "refuse"), ("received", "refuse", "withdraw"), ("accepted", "decide", "withdraw")],
)
async def test_two_steps_that_exclude_each_other_are_never_both_taken(
    door: Door, case_in: CaseIn, step: Step, facts: Facts, status: str, one: str, other: str
) -> None:
    case = await case_in(status)
    won = winner(await gather(step(case, one), step(case, other)))
    shown = await seen(door, case)
    assert shown["status"] == won["status"]
    assert len(shown["steps"]) == len(await facts(subject=case["id"])) == case["version"] + 1


async def test_a_case_that_is_received_while_it_is_withdrawn_ends_withdrawn_or_the_receiver_is_told(
    door: Door, submit: Submit, step: Step, facts: Facts
) -> None:
    for _ in range(3):
        case = await submit()
        received, withdrawn = await gather(step(case, "receive"), step(case, "withdraw"))
        told = [fact.type.rsplit(".", 1)[1] for fact in await facts(subject=case["id"])]
        assert len(told) == (await seen(door, case))["version"]
        match received.status_code, withdrawn.status_code:
            case 200, 200:  # one after the other: a received case may be withdrawn
                assert told == ["submitted", "received", "withdrawn"]
            case 200, 409:
                assert told == ["submitted", "received"]
            case 409, 200:
                assert told == ["submitted", "withdrawn"]
            case both:
                pytest.fail(str(both))


async def test_who_waits_for_somebody_elses_step_is_told_and_overwrites_nothing(
    door: Door, case_in: CaseIn, step: Step, committed: Database
) -> None:
    case = await case_in("accepted")
    async with committed.session() as other:
        await other.execute(HOLD, {"id": case["id"]})
        deciding = asyncio.create_task(step(case, "decide"))
        await until_it_waits(deciding, committed)
        await other.execute(
            text("UPDATE cases SET status = 'withdrawn', version = version + 1 WHERE id = CAST(:id AS uuid)"),
            {"id": case["id"]},
        )
        await other.commit()
    assert refusal(await deciding) == NOT_ALLOWED
    shown = await seen(door, case)
    assert (shown["status"], shown["granted"], shown["version"]) == ("withdrawn", None, case["version"] + 1)


async def until_two_wait(database: Database) -> None:
    """Returns once two transactions stand before a lock; the first of them will go first."""
    async with asyncio.timeout(20):
        while True:
            async with database.session() as session:
                if (await session.execute(text(WAITING))).scalar_one() >= 2:
                    return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("first", ["calendar", "officer"])
@pytest.mark.parametrize(("verb", "status"), [("decide", "decided"), ("withdraw", "withdrawn")])
async def test_a_case_that_moves_while_its_date_is_computed_again_loses_neither_change(
    door: Door,
    case_in: CaseIn,
    step: Step,
    committed: Database,
    arrivals: Arrivals,
    clock: FrozenClock,
    facts: Facts,
    first: str,
    verb: str,
    status: str,
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    case = await case_in("accepted")
    both: dict[str, asyncio.Task[Any]] = {}

    def begin(who: str) -> asyncio.Task[Any]:
        both[who] = asyncio.create_task(arrivals.take(A_YEAR) if who == "calendar" else step(case, verb))
        return both[who]

    async with committed.session() as other:
        await other.execute(HOLD, {"id": case["id"]})
        await until_it_waits(begin(first), committed)
        begin("officer" if first == "calendar" else "calendar")
        await until_two_wait(committed)
        await other.rollback()
    await both["calendar"]
    answer = await both["officer"]
    assert answer.json()["status"] == status, "another date is no reason to refuse the step"
    shown = await seen(door, case)
    told = await facts(subject=case["id"])
    assert [fact.state.version for fact in told] == list(range(1, shown["version"] + 1))
    assert [one["version"] for one in shown["steps"]] == [fact.state.version for fact in told]
    assert told[-1].state.status == shown["status"] == status
    if status == "decided" or first == "calendar":
        assert (shown["due_on"], shown["due_provisional"], shown["version"]) == ("2027-01-08", False, 5)
    else:  # withdrawn: no clock runs any more
        assert (shown["due_on"], shown["version"]) == (case["due_on"], 4)


async def test_an_officer_who_named_the_version_before_the_new_date_is_told_of_the_version_and_not_of_the_status(
    case_in: CaseIn, step: Step, committed: Database, arrivals: Arrivals, clock: FrozenClock
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    case = await case_in("accepted")
    async with committed.session() as other:
        await other.execute(HOLD, {"id": case["id"]})
        announced = asyncio.create_task(arrivals.take(A_YEAR))
        await until_it_waits(announced, committed)
        deciding = asyncio.create_task(step(case, "decide", headers={"If-Match": f'"{case["version"]}"'}))
        await until_two_wait(committed)
        await other.rollback()
    await announced
    assert refusal(await deciding) == (412, "version_mismatch", "内容已有改动，请刷新后重试")
    assert (await step(case, "decide", headers={"If-Match": f'"{case["version"] + 1}"'})).status_code == 200


async def test_a_case_that_is_accepted_while_a_year_arrives_has_the_date_of_that_year(
    door: Door,
    case_in: CaseIn,
    step: Step,
    committed: Database,
    arrivals: Arrivals,
    clock: FrozenClock,
    facts: Facts,
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    case = await case_in("received")
    async with committed.session() as other:
        await other.execute(HOLD, {"id": case["id"]})
        accepting = asyncio.create_task(step(case, "accept"))
        await until_it_waits(accepting, committed)
        announced = asyncio.create_task(arrivals.take(A_YEAR))
        await until_two_wait(committed)
        await other.rollback()
    await announced
    assert (await accepting).status_code == 200
    shown = await seen(door, case)
    assert (shown["due_on"], shown["due_provisional"]) == ("2027-01-08", False)
    last = (await facts(subject=case["id"]))[-1].state
    assert (str(last.due_on), last.due_provisional, last.version) == ("2027-01-08", False, shown["version"])


async def test_serials_of_a_day_are_never_given_twice_and_other_items_count_on_their_own(
    door: Door, submit: Submit
) -> None:
    other = await publish_item(door, "OTHER-01")
    cases = await gather(*(submit() for _ in range(6)), *(submit(item_id=other) for _ in range(3)))
    numbers = Counter(case["number"][:-4] for case in cases)
    assert numbers == {"VILLAGE-CERT-0120260316": 6, "OTHER-0120260316": 3}
    assert sorted(case["number"][-4:] for case in cases if case["item_id"] != other) == [
        f"{serial:04d}" for serial in range(1, 7)
    ]
    assert len({case["number"] for case in cases}) == 9


async def test_one_key_sent_five_times_at_once_opens_one_case(
    door: Door, person: UUID, item: str, extract_of: Callable[..., str], facts: Facts
) -> None:
    body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person)}
    async with door.client(CLERK) as client:
        answers = await gather(
            *(client.post("/cases", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(5))
        )
        later = await client.post("/cases", json=body, headers={"Idempotency-Key": "k-1"})
        assert (await client.get("/cases/count")).json() == {"count": 1}
    made = {answer.content for answer in [*answers, later] if answer.status_code == 201}
    assert made == {later.content}
    assert {refusal(answer)[:2] for answer in answers if answer.status_code != 201} <= {(409, "request_in_flight")}
    assert len(await facts("services_hall.case")) == 1
