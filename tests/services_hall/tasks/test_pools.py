"""Pools by role, level, department, post and area; officers; claims within a scope; and what is told on record."""

from collections import Counter
from typing import Any

import pytest

from services.services_hall.tasks.domain import ON_POST
from shared.auth.principal import Grant, Principal
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NOT_FOUND,
    NUMBER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    fields,
    publish_item,
    refusal,
)
from tests.services_hall.tasks.hands import ANNE, BELA, HEALTH, TOWN, TOWN_OFFICER, Bench

Pool = tuple[int, str, str]
OF_STATUS: dict[str, Pool] = {
    "submitted": (12, "civil_affairs", "window"),
    "accepted": (12, "civil_affairs", "review"),
    "in_review": (9, "civil_affairs", "review"),
    "decided": (6, "civil_affairs", "window"),
    "closed": (6, "civil_affairs", "delivery"),
}
HEALTH_POOL = (12, "health", "window")


@pytest.fixture
async def brought(whole: Whole, door: Door) -> list[Any]:
    """A case for each pool, one of another department, and one in another village."""
    cases = [await whole.bring(status) for status in OF_STATUS]
    item = await publish_item(door, "HEALTH-ITEM", department="health")
    cases.append(await whole._submit(item_id=item, who=COUNTY_OFFICER))
    cases.append(await whole.bring("submitted", area=OTHER_VILLAGE))
    return cases


async def pools(bench: Bench, who: Principal, **query: Any) -> Counter[Pool]:
    shown = (await bench.get("/task-pools", who, **query))["items"]
    keys = [(one["level"], one["department"], one["post"]) for one in shown]
    assert keys == sorted(keys), "in order, each once"
    assert len(set(keys)) == len(keys)
    assert all(one["free"] == one["total"] for one in shown)
    return Counter(dict(zip(keys, (one["total"] for one in shown), strict=True)))


async def test_each_role_sees_the_pools_of_its_area_and_department(bench: Bench, brought: list[Any]) -> None:
    village = Counter({OF_STATUS["submitted"]: 1, OF_STATUS["accepted"]: 1, HEALTH_POOL: 1})
    town = village + Counter({OF_STATUS["submitted"]: 1, OF_STATUS["in_review"]: 1})
    county = town + Counter({OF_STATUS["decided"]: 1, OF_STATUS["closed"]: 1})
    told = {
        CLERK: village,
        OTHER_CLERK: Counter({OF_STATUS["submitted"]: 1}),
        TOWN_OFFICER: town,
        COUNTY_OFFICER: county,
        HEALTH: Counter({HEALTH_POOL: 1}),
        a_principal("department_officer", "450481", None, "civil_affairs"): county - Counter({HEALTH_POOL: 1}),
        a_principal("department_officer", VILLAGE, "at-the-village", "civil_affairs"): village
        - Counter({HEALTH_POOL: 1}),
        a_principal("auditor", "450481"): county,
        a_principal("county_officer", "450482"): Counter(),
    }
    for who, wanted in told.items():
        assert await pools(bench, who) == wanted, who
        assert len(await bench.listed(who)) == wanted.total(), who
    both = Principal("both", (*OTHER_CLERK.grants, *HEALTH.grants))
    assert await pools(bench, both) == Counter({OF_STATUS["submitted"]: 1, HEALTH_POOL: 1}), "two grants, each whole"


async def test_pools_narrow_by_level_department_post_and_area(bench: Bench, brought: list[Any]) -> None:
    everything = await pools(bench, COUNTY_OFFICER)
    for level in (6, 9, 12):
        wanted = Counter({one: many for one, many in everything.items() if one[0] == level})
        assert await pools(bench, COUNTY_OFFICER, level=str(level)) == wanted
    for position, name in ((1, "department"), (2, "post")):
        for value in {one[position] for one in everything}:
            wanted = Counter({one: many for one, many in everything.items() if one[position] == value})
            assert await pools(bench, COUNTY_OFFICER, **{name: value}) == wanted
    assert await pools(bench, COUNTY_OFFICER, area=OTHER_VILLAGE) == Counter({OF_STATUS["submitted"]: 1})
    assert await pools(bench, TOWN_OFFICER, area=VILLAGE) == await pools(bench, CLERK)
    assert await pools(bench, COUNTY_OFFICER, status="draft") == Counter()
    for path in ("tasks", "tasks/count", "task-pools"):
        async with bench.door.client(CLERK) as client:
            answer = await client.get(f"/{path}", params={"area": OTHER_VILLAGE})
        assert refusal(answer) == NOT_FOUND, path


async def test_pools_count_free_mine_and_over_for_who_asks(
    bench: Bench, whole: Whole, clock: FrozenClock, brought: list[Any]
) -> None:
    """Three at the village's window: one is Anne's, one Bela's, one nobody's; one of them has a day that is over."""
    for who in (ANNE, BELA):
        case = await whole.bring("received")
        await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", who)
    clock.advance(days=14)
    for who, mine in ((ANNE, 1), (BELA, 1), (CLERK, 0)):
        query = {"department": "civil_affairs", "post": "window"}
        [pool] = (await bench.get("/task-pools", who, **query))["items"]
        assert (pool["total"], pool["free"], pool["mine"], pool["overdue"]) == (3, 1, mine, 2), who.subject
        assert len(await bench.listed(who, **query, assigned="mine")) == mine
        assert len(await bench.listed(who, **query, assigned="free")) == 1
        assert sum(one["overdue"] for one in await bench.listed(who, **query)) == 2
    assert len(await bench.listed(ANNE, officer=BELA.subject)) == 1


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"level": "3"}, ("level", "literal_error")),
        ({"kind": "lost"}, ("kind", "enum")),
        ({"post": "director"}, ("post", "enum")),
        ({"assigned": "yours"}, ("assigned", "enum")),
        ({"officer": "13800138000"}, ("officer", "plain_identifier")),
        ({"officer": "张三"}, ("officer", "string_pattern_mismatch")),
        ({"due_by": "2026-02-30"}, ("due_by", None)),
        ({"item_id": "x"}, ("item_id", "uuid_parsing")),
        ({"area": "45048111"}, ("area", None)),
        ({"status": "done"}, ("status", "enum")),
    ],
)
async def test_a_wrong_filter_is_told_at_its_name_by_all_three(
    bench: Bench, query: dict[str, str], wrong: tuple[str, str | None]
) -> None:
    for path in ("tasks", "tasks/count", "task-pools"):
        async with bench.door.client(COUNTY_OFFICER) as client:
            answer = await client.get(f"/{path}", params=query)
        [(name, code)] = fields(answer)
        assert name.removeprefix("query.") == wrong[0], path
        assert wrong[1] in (None, code)
        assert "13800138000" not in answer.text


async def test_a_list_names_nobody_and_each_task_shown_is_on_record_once(bench: Bench, brought: list[Any]) -> None:
    bench.door.accesses.entries.clear()
    shown = await bench.get("/tasks", CLERK, limit=2)
    assert NAME not in str(shown)
    assert NUMBER not in str(shown)
    entries = bench.door.accesses.entries
    assert [one.object_id for one in entries] == [one["case_id"] for one in shown["items"]], "the next page is not read"
    assert {(one.action, one.role, one.purpose, one.detail) for one in entries} == {
        ("list_tasks", "village_clerk", "case_handling", "existence")
    }
    entries.clear()
    await bench.get("/tasks/count", CLERK)
    await bench.get("/task-pools", CLERK)
    assert entries == [], "numbers name no case"


async def test_what_is_claimed_assigned_and_released_is_on_record_by_the_right_that_was_used(
    bench: Bench, whole: Whole
) -> None:
    await bench.at_work(ANNE)
    case = await whole.bring("submitted")
    task = await bench.task_of(case)
    bench.door.accesses.entries.clear()
    await bench.done(f"/tasks/{task['id']}/claim", BELA)
    await bench.done(f"/tasks/{task['id']}/assign", TOWN_OFFICER, officer=ANNE.subject)
    await bench.done(f"/tasks/{task['id']}/release", ANNE)
    assert [(one.action, one.subject, one.role, one.object_id, one.detail) for one in bench.door.accesses.entries] == [
        ("claim_task", BELA.subject, "village_clerk", case["id"], "write"),
        ("assign_task", TOWN_OFFICER.subject, "town_officer", case["id"], "write"),
        ("release_task", ANNE.subject, "village_clerk", case["id"], "write"),
    ]


async def test_a_sign_on_holds_for_thirty_days_and_a_new_one_begins_them_anew(
    bench: Bench, whole: Whole, clock: FrozenClock
) -> None:
    await bench.at_work(ANNE, BELA)
    task = await bench.task_of(await whole.bring("submitted"))
    clock.advance(days=29)
    await bench.at_work(BELA)
    clock.advance(days=ON_POST.days - 29)
    answer = await bench.ask(f"/tasks/{task['id']}/assign", TOWN_OFFICER, officer=ANNE.subject)
    assert refusal(answer) == (422, "officer_not_on_post", "该人员未在可办理此事的岗位上签到")
    assert [one["path"] for one in answer.json()["errors"]] == ["officer"]
    given = await bench.done(f"/tasks/{task['id']}/assign", TOWN_OFFICER, officer=BELA.subject)
    assert given["assigned_to"] == BELA.subject
    shown = (await bench.get("/officers", CLERK, area=VILLAGE, department="civil_affairs"))["items"]
    assert [one["officer"] for one in shown] == [BELA.subject]


async def test_who_signs_off_keeps_what_is_in_hand_and_is_given_nothing_more(bench: Bench, whole: Whole) -> None:
    await bench.at_work(ANNE)
    first, second = [await bench.task_of(await whole.bring("submitted")) for _ in range(2)]
    await bench.done(f"/tasks/{first['id']}/claim", ANNE)
    assert (await bench.done("/officers/sign-off", ANNE))["items"] == []
    assert [one["id"] for one in await bench.listed(ANNE, assigned="mine")] == [first["id"]]
    answer = await bench.ask(f"/tasks/{second['id']}/assign", TOWN_OFFICER, officer=ANNE.subject)
    assert refusal(answer)[1] == "officer_not_on_post"


async def test_officers_are_shown_to_who_sees_the_office_and_to_nobody_else(bench: Bench) -> None:
    await bench.at_work(ANNE, HEALTH)
    for who, query in (
        (OTHER_CLERK, {"area": VILLAGE, "department": "civil_affairs"}),
        (HEALTH, {"area": VILLAGE, "department": "civil_affairs"}),
        (CLERK, {"area": TOWN, "department": "civil_affairs"}),
    ):
        async with bench.door.client(who) as client:
            assert refusal(await client.get("/officers", params=query)) == NOT_FOUND, who
    async with bench.door.client(CLERK) as client:
        missing = await client.get("/officers", params={"area": VILLAGE})
    assert [name.removeprefix("query.") for name, _ in fields(missing)] == ["department"]


async def test_a_department_is_given_its_own_tasks_alone(bench: Bench, whole: Whole, brought: list[Any]) -> None:
    """A grant is judged as a whole: area, department and role together."""
    elsewhere = Principal("mixed", (Grant("department_officer", "450482", "civil_affairs"), *HEALTH.grants))
    await bench.at_work(elsewhere)
    tasks = {one["case_id"]: one for one in await bench.listed()}
    civil, health = tasks[brought[0]["id"]], tasks[brought[5]["id"]]
    answer = await bench.ask(f"/tasks/{civil['id']}/assign", TOWN_OFFICER, officer="mixed")
    assert refusal(answer)[1] == "officer_not_on_post"
    assert refusal(await bench.ask(f"/tasks/{civil['id']}/claim", elsewhere)) == NOT_FOUND
    assert (await bench.done(f"/tasks/{health['id']}/assign", TOWN_OFFICER, officer="mixed"))["assigned_to"] == "mixed"


@pytest.mark.parametrize("verb", ["claim", "assign", "release"])
async def test_a_version_that_was_not_seen_changes_nothing(bench: Bench, whole: Whole, verb: str) -> None:
    await bench.at_work(ANNE, BELA)
    task = await bench.task_of(await whole.bring("submitted"))
    await bench.done(f"/tasks/{task['id']}/assign", TOWN_OFFICER, officer=ANNE.subject, version=1)
    body = {"officer": BELA.subject} if verb == "assign" else {}
    answer = await bench.ask(f"/tasks/{task['id']}/{verb}", TOWN_OFFICER, version=1, **body)
    assert refusal(answer)[:2] == (412, "version_mismatch")
    [now] = [one for one in await bench.listed() if one["id"] == task["id"]]
    assert (now["assigned_to"], now["version"]) == (ANNE.subject, 2)
