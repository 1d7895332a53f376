"""Batches of 即办件: one bad among many, twice the same, too many, who may, what is on record, and sent again."""

from typing import Any
from uuid import UUID

import pytest

from services.services_hall.tasks.domain import MOST_AT_ONCE
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, OTHER_CLERK, Facts, Step, Submit, fields, publish_item
from tests.services_hall.conftest import refusal as refusal_of
from tests.services_hall.tasks.hands import HEALTH, TOWN_OFFICER, Bench

BATCH = "/cases/complete-at-once"


@pytest.fixture
async def at_once(door: Door, person: UUID) -> str:
    return await publish_item(door, "AT-ONCE-01", handling_mode="at_once", promised_days=0)


async def made(submit: Submit, item: str, number: int) -> list[Any]:
    return [await submit(item_id=item, who=COUNTY_OFFICER) for _ in range(number)]


def named(*cases: Any) -> list[dict[str, str]]:
    return [{"id": one["id"]} for one in cases]


async def test_one_bad_among_many_is_refused_alone(
    bench: Bench, submit: Submit, step: Step, at_once: str, facts: Facts
) -> None:
    cases = await made(submit, at_once, 8)
    bad = cases[5]
    assert (await step(bad, "withdraw")).status_code == 200
    answer = (await bench.done(BATCH, TOWN_OFFICER, cases=named(*reversed(cases))))["items"]
    assert [one["id"] for one in answer] == [one["id"] for one in reversed(cases)], "in the order of the question"
    for one in answer:
        assert one["completed"] is (one["id"] != bad["id"])
        if one["completed"]:
            assert (one["status"], one["code"], one["title"], one["advice"]) == ("closed", None, None, None)
        else:
            assert (one["status"], one["version"], one["code"]) == (None, None, "case_transition_not_allowed")
            assert (one["title"], bool(one["advice"])) == ("办件当前状态不允许此操作", True)
    for case in cases:
        told = [type(one).__name__ for one in await facts("services_hall.case", case["id"])]
        assert ("CaseClosed" in told) is (case is not bad)
    async with bench.door.client(COUNTY_OFFICER) as client:
        for one in answer:
            shown = (await client.get(f"/cases/{one['id']}")).json()
            assert shown["status"] == ("closed" if one["completed"] else "withdrawn")
            assert one["version"] in (None, shown["version"])


async def test_what_was_completed_waits_for_its_delivery_and_nothing_else_waits(
    bench: Bench, submit: Submit, at_once: str
) -> None:
    cases = await made(submit, at_once, 2)
    before = await bench.listed(item_id=at_once)
    assert [one["post"] for one in before] == ["window", "window"]
    await bench.done(BATCH, TOWN_OFFICER, cases=named(cases[0]))
    after = {one["case_id"]: one["post"] for one in await bench.listed(item_id=at_once)}
    assert after == {cases[0]["id"]: "delivery", cases[1]["id"]: "window"}


@pytest.mark.parametrize("number", [MOST_AT_ONCE + 1, 500])
async def test_too_many_are_refused_as_a_whole(bench: Bench, submit: Submit, at_once: str, number: int) -> None:
    [case] = await made(submit, at_once, 1)
    batch = [*named(case), *({"id": str(new_id())} for _ in range(number - 1))]
    assert fields(await bench.ask(BATCH, TOWN_OFFICER, cases=batch)) == [("cases", "too_long")]
    [task] = await bench.listed(item_id=at_once)
    assert task["status"] == "submitted", "nothing of it was done"


async def test_fifty_are_answered_one_by_one(bench: Bench, submit: Submit, at_once: str) -> None:
    [case] = await made(submit, at_once, 1)
    batch = [{"id": str(new_id())} for _ in range(MOST_AT_ONCE)]
    batch[30] = {"id": case["id"]}
    answer = (await bench.done(BATCH, TOWN_OFFICER, cases=batch))["items"]
    assert len(answer) == 50
    assert [number for number, one in enumerate(answer) if one["completed"]] == [30]
    assert {one["code"] for one in answer} == {None, "not_found"}
    assert {one["title"] for one in answer} == {None, "未找到，或不在您的管辖范围内"}


async def test_twice_the_same_is_refused_as_a_whole(bench: Bench, submit: Submit, at_once: str) -> None:
    [case] = await made(submit, at_once, 1)
    for again in ({"id": case["id"]}, {"id": case["id"].upper()}, {"id": case["id"], "version": 1}):
        answer = await bench.ask(BATCH, TOWN_OFFICER, cases=[{"id": case["id"]}, again])
        assert fields(answer) == [("cases", "repeated")], again
    [task] = await bench.listed(item_id=at_once)
    assert task["status"] == "submitted"


@pytest.mark.parametrize(
    ("cases", "wrong"),
    [
        (None, ("cases", None)),
        ([{}], ("cases.0.id", "missing")),
        ([{"id": "x"}], ("cases.0.id", "uuid_parsing")),
        ([{"id": str(new_id()), "version": 0}], ("cases.0.version", "greater_than_equal")),
        ([{"id": str(new_id()), "version": 2**31}], ("cases.0.version", "less_than_equal")),
        ([{"id": str(new_id()), "granted": False}], ("cases.0", "extra_forbidden")),
    ],
)
async def test_a_wrong_batch_is_told_at_its_field(bench: Bench, cases: Any, wrong: tuple[str, str | None]) -> None:
    [(path, code)] = fields(await bench.ask(BATCH, TOWN_OFFICER, cases=cases))
    assert (path, wrong[1] or code) == (wrong[0], code)


async def test_who_does_not_decide_completes_nothing(bench: Bench, submit: Submit, at_once: str) -> None:
    [case] = await made(submit, at_once, 1)
    for who in (CLERK, a_principal("agent", "450481"), a_principal("auditor", "450481")):
        assert refusal_of(await bench.ask(BATCH, who, cases=named(case)))[:2] == (403, "forbidden"), who
    for who in (HEALTH, a_principal("town_officer", "450481113")):
        [answer] = (await bench.done(BATCH, who, cases=named(case)))["items"]
        assert answer["code"] == "not_found", who
    here = type(CLERK)("mixed", (*CLERK.grants, *a_principal("town_officer", "450481113").grants))
    [answer] = (await bench.done(BATCH, here, cases=named(case)))["items"]
    assert (answer["completed"], answer["code"]) == (False, "not_found"), "who decides elsewhere decides nothing here"
    [task] = await bench.listed(item_id=at_once)
    assert task["status"] == "submitted", "what was received before the refusal is taken back"


async def test_a_batch_that_is_sent_again_is_answered_as_before(
    bench: Bench, submit: Submit, at_once: str, facts: Facts
) -> None:
    cases = await made(submit, at_once, 2)
    async with bench.door.client(TOWN_OFFICER) as client:
        answers = [
            await client.post(BATCH, json={"cases": named(*cases)}, headers={"Idempotency-Key": "batch-once-only"})
            for _ in range(2)
        ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert all(one["completed"] for one in answers[1].json()["items"])
    closed = [one for one in await facts("services_hall.case") if type(one).__name__ == "CaseClosed"]
    assert len(closed) == 2


async def test_a_case_of_another_village_is_not_told_from_one_that_does_not_exist(
    bench: Bench, submit: Submit, at_once: str
) -> None:
    [case] = await made(submit, at_once, 1)
    who = a_principal("town_officer", OTHER_CLERK.grants[0].area)
    answer = (await bench.done(BATCH, who, cases=[*named(case), {"id": str(new_id())}]))["items"]
    first, second = ({key: value for key, value in one.items() if key != "id"} for one in answer)
    assert first == second
