"""即办件 in batches: an answer for each case, and what is refused of one keeps none of the others."""

from asyncio import gather
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    Facts,
    Step,
    Submit,
    an_area,
    fields,
    publish_item,
)
from tests.services_hall.tasks.hands import TOWN_OFFICER, Bench

BATCH = "/cases/complete-at-once"


@pytest.fixture
async def at_once(door: Door, person: UUID) -> str:
    """An item that is decided at once, with one paper that must be there."""
    paper = [{"name": "居民身份证", "form": "copy"}]
    return await publish_item(door, "AT-ONCE-01", handling_mode="at_once", promised_days=0, materials=paper)


async def brought(submit: Submit, step: Step, item: str, *verbs: str, papers: bool = True, **more: Any) -> Any:
    case = await submit(item_id=item, who=COUNTY_OFFICER, **more)
    if papers:
        case = (await step(case, "check-material", number=1, status="given")).json()
    for verb in verbs:
        case = (await step(case, verb)).json()
    return case


async def test_each_case_has_its_answer(
    bench: Bench, submit: Submit, step: Step, at_once: str, item: str, facts: Facts
) -> None:
    ready = await brought(submit, step, at_once)
    received = await brought(submit, step, at_once, "receive")
    lacking = await brought(submit, step, at_once, papers=False)
    longer = await submit(who=COUNTY_OFFICER)
    closed = await brought(submit, step, at_once, "receive", "accept", "decide", "close")
    unknown = {"id": str(new_id())}
    batch = [lacking, ready, unknown, longer, received, closed]
    answer = await bench.done(BATCH, TOWN_OFFICER, cases=[{"id": one["id"]} for one in batch])
    assert [one["id"] for one in answer["items"]] == [one["id"] for one in batch]
    assert [(one["completed"], one["status"], one["code"]) for one in answer["items"]] == [
        (False, None, "materials_outstanding"),
        (True, "closed", None),
        (False, None, "not_found"),
        (False, None, "case_not_at_once"),
        (True, "closed", None),
        (False, None, "case_transition_not_allowed"),
    ]
    assert all((one["title"] is None) is one["completed"] for one in answer["items"])
    told = [type(one).__name__ for one in await facts("services_hall.case", lacking["id"])]
    assert told == ["CaseSubmitted"], "nothing of it was said"
    told = [type(one).__name__ for one in await facts("services_hall.case", ready["id"])]
    assert told == ["CaseSubmitted", "CaseRevised", "CaseReceived", "CaseAccepted", "CaseDecided", "CaseClosed"]
    async with bench.door.client(COUNTY_OFFICER) as client:
        assert (await client.get(f"/cases/{lacking['id']}")).json()["status"] == "submitted"


async def test_what_was_done_together_is_taken_back_case_by_case(
    bench: Bench, submit: Submit, step: Step, at_once: str
) -> None:
    case = await brought(submit, step, at_once)
    [done] = (await bench.done(BATCH, cases=[{"id": case["id"], "version": case["version"]}]))["items"]
    headers = {"If-Match": f'"{done["version"]}"'}
    undone = await step(case, "undo", headers=headers, reason="wrong_entry")
    assert undone.json()["status"] == "decided"


async def test_a_version_that_was_not_seen_is_refused_alone(
    bench: Bench, submit: Submit, step: Step, at_once: str
) -> None:
    first, second = [await brought(submit, step, at_once) for _ in range(2)]
    stale = {"id": first["id"], "version": first["version"] - 1}
    answer = (await bench.done(BATCH, cases=[stale, {"id": second["id"], "version": second["version"]}]))["items"]
    assert [(one["completed"], one["code"]) for one in answer] == [(False, "version_mismatch"), (True, None)]


async def test_what_a_colleague_works_on_is_left_to_the_colleague(
    bench: Bench, submit: Submit, step: Step, at_once: str
) -> None:
    case = await brought(submit, step, at_once)
    [task] = await bench.listed(item_id=at_once)
    await bench.done(f"/tasks/{task['id']}/claim", CLERK)
    [answer] = (await bench.done(BATCH, TOWN_OFFICER, cases=[{"id": case["id"]}]))["items"]
    assert answer["code"] == "task_taken"
    await bench.done(f"/tasks/{task['id']}/release", CLERK)
    await bench.done(f"/tasks/{task['id']}/claim", TOWN_OFFICER)
    [answer] = (await bench.done(BATCH, TOWN_OFFICER, cases=[{"id": case["id"]}]))["items"]
    assert answer["completed"]


async def test_each_case_is_judged_where_it_lies(
    bench: Bench, submit: Submit, step: Step, at_once: str, arrivals: Any
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    here = await brought(submit, step, at_once)
    there = await brought(submit, step, at_once, area=OTHER_VILLAGE)
    who = a_principal("town_officer", OTHER_CLERK.grants[0].area)
    answer = (await bench.done(BATCH, who, cases=[{"id": one["id"]} for one in (here, there)]))["items"]
    assert [(one["completed"], one["code"]) for one in answer] == [(False, "not_found"), (True, None)]


async def test_two_batches_at_once_close_each_case_once(
    bench: Bench, submit: Submit, step: Step, at_once: str, facts: Facts
) -> None:
    cases = [await brought(submit, step, at_once) for _ in range(3)]
    bodies = [[{"id": one["id"]} for one in order] for order in (cases, cases[::-1])]
    answers = await gather(*(bench.done(BATCH, cases=body) for body in bodies))
    done = [{one["id"]: one["completed"] for one in answer["items"]} for answer in answers]
    for case in cases:
        assert sorted(one[case["id"]] for one in done) == [False, True]
        closed = [one for one in await facts("services_hall.case", case["id"]) if type(one).__name__ == "CaseClosed"]
        assert len(closed) == 1


async def test_a_batch_names_each_case_once_and_no_more_than_fifty(bench: Bench) -> None:
    one = str(new_id())
    assert fields(await bench.ask(BATCH, cases=[{"id": one}, {"id": one}])) == [("cases", "repeated")]
    assert fields(await bench.ask(BATCH, cases=[])) == [("cases", "too_short")]
    assert fields(await bench.ask(BATCH, cases=[{"id": str(new_id())} for _ in range(51)])) == [("cases", "too_long")]
