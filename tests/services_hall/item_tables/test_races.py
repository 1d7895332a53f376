"""Several people take in items at the same moment: tables and JSON, beside those who draft and publish by hand."""

import asyncio
from asyncio import gather
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.grid.builders import until_it_waits
from tests.services_hall.cases.test_races import until_two_wait
from tests.services_hall.conftest import (
    COUNTY_OFFICER,
    SECOND_OFFICER,
    Facts,
    draft_item,
    draft_version,
    every_page,
    publish_item,
    refusal,
)
from tests.services_hall.item_tables.conftest import Work
from tests.services_hall.item_tables.test_tables import ROW, checked, committed_of, door, entry, figures, findings

__all__ = ["door"]
THIRD = a_principal("county_officer", "450481", "third-officer")
ITEM = text("SELECT 1 FROM items WHERE code = :code FOR UPDATE")


async def take(door: Door, who: Principal, *entries: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post("/item-collection", json={"items": entries})


async def publish(door: Door, who: Principal, drafts: Sequence[tuple[str, int]]) -> httpx.Response:
    body = {"drafts": [{"item": item, "version": version} for item, version in drafts]}
    async with door.client(who) as client:
        return await client.post("/item-drafts/publish", json=body)


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["items"]]


async def test_of_two_who_take_in_the_same_new_items_one_drafts_them_and_nothing_is_there_twice(
    door: Door, facts: Facts
) -> None:
    entries = [entry("NEW-1"), entry("NEW-2"), entry("NEW-3")]
    answers = await gather(*(take(door, who, *entries) for who in (COUNTY_OFFICER, SECOND_OFFICER, THIRD)))
    done = [one for one in answers if one.status_code == 200]
    assert sorted(outcomes(one)[0] for one in done)[0] == "drafted"
    assert Counter(outcomes(one)[0] for one in done)["drafted"] == 1
    assert {refusal(one)[1] for one in answers if one.status_code != 200} <= {"item_code_taken"}
    async with door.client(SECOND_OFFICER) as client:
        drafts = await every_page(client, "/item-drafts")
        codes = [one["code"] for one in await every_page(client, "/items")]
    assert (sorted(codes), len(drafts)) == (["NEW-1", "NEW-2", "NEW-3"], 3)
    assert len(await facts("services_hall.item")) == 3


async def test_two_who_name_the_same_items_in_opposite_orders_wait_for_each_other_and_both_are_answered(
    door: Door, committed: Database
) -> None:
    """Each draft locks its item: whoever takes in several locks them in one order."""
    for code in ("A-1", "B-1"):
        await publish_item(door, code)
    changed = [entry("A-1", promised_days=1), entry("B-1", promised_days=1)]
    async with committed.session() as other:
        await other.execute(ITEM, {"code": "B-1"})
        backwards = asyncio.create_task(take(door, COUNTY_OFFICER, *reversed(changed)))
        await until_it_waits(backwards, committed)
        forwards = asyncio.create_task(take(door, SECOND_OFFICER, *changed))
        await until_two_wait(committed)
        await other.rollback()
    answers = await gather(backwards, forwards)
    assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
    assert [one["code"] for one in answers[0].json()["items"]] == ["B-1", "A-1"], "answered as they were named"
    async with door.client(THIRD) as client:
        drafts = await every_page(client, "/item-drafts")
    assert len(drafts) == 2


async def test_a_table_and_a_draft_by_hand_at_once_leave_one_draft_and_the_other_is_told(
    door: Door, do_work: Work
) -> None:
    item = await publish_item(door, "LOCAL-01")
    made = await checked(door, do_work, [ROW | {"承诺时限": "3"}])
    done, by_hand = await gather(committed_of(door, do_work, made), draft_version(door, item, promised_days=2))
    assert by_hand.status_code == 200, by_hand.text
    async with door.client(SECOND_OFFICER) as client:
        draft = (await client.get(f"/items/{item}/draft")).json()
    taken = figures(done)[3]
    if taken:  # the table came first, and the hand changed its draft
        assert (draft["content"]["promised_days"], await findings(door, done)) == (2, [])
    else:
        assert (draft["content"]["promised_days"], await findings(door, done)) == (2, [(2, "code", "item_draft_waits")])


async def test_of_two_who_publish_overlapping_drafts_in_opposite_orders_one_does_and_nobody_half(
    door: Door, facts: Facts
) -> None:
    items = [(await draft_item(door, f"ITEM-{number}")).json()["id"] for number in range(4)]
    seen = [(one, (await draft_version(door, one)).json()["version"]) for one in items]
    before = len(await facts())
    answers = await gather(
        publish(door, SECOND_OFFICER, seen[:3]), publish(door, THIRD, seen[:0:-1]), publish(door, THIRD, seen[1:3])
    )
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 2}
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"item_draft_missing"}
    [won] = [one.json()["items"] for one in answers if one.status_code == 200]
    async with door.client(SECOND_OFFICER) as client:
        shown = {one["id"]: one["status"] for one in await every_page(client, "/items")}
        waiting = {one["item_id"] for one in await every_page(client, "/item-drafts")}
    published = {one["id"] for one in won}
    assert {one for one, status in shown.items() if status == "published"} == published
    assert waiting == set(items) - published
    assert len(await facts()) == before + len(published)


async def test_a_draft_that_changes_while_several_are_published_is_not_published_unseen(door: Door) -> None:
    items = [(await draft_item(door, f"ITEM-{number}")).json()["id"] for number in range(2)]
    seen = [(one, (await draft_version(door, one)).json()["version"]) for one in items]
    published, changed = await gather(
        publish(door, SECOND_OFFICER, seen), draft_version(door, items[1], promised_days=1)
    )
    async with door.client(THIRD) as client:
        shown = (await client.get(f"/items/{items[1]}")).json()
        other = (await client.get(f"/items/{items[0]}")).json()
    if published.status_code == 200:
        assert (shown["published"]["promised_days"], other["status"]) == (5, "published")
        assert changed.status_code in (200, 409)
    else:
        assert refusal(published)[:2] == (409, "item_draft_stale")
        assert [one["path"] for one in published.json()["errors"]] == ["drafts.1.version"]
        assert (shown["published"], other["published"]) == (None, None), "all or none"


async def test_one_table_that_is_committed_twice_at_once_is_taken_in_once(
    door: Door, do_work: Work, facts: Facts
) -> None:
    made = await checked(door, do_work, [ROW, ROW | {"事项编码": "LOCAL-02"}])
    async with door.client(COUNTY_OFFICER) as client:
        answers = await gather(*(client.post(f"/item-imports/{made['id']}/commit") for _ in range(3)))
        assert 200 in [one.status_code for one in answers]
        await do_work()
        done = (await client.get(f"/item-imports/{made['id']}")).json()
        drafts = await every_page(client, "/item-drafts")
    assert (figures(done), len(drafts)) == (("done", 2, 0, 2, 0, 0), 2)
    assert len(await facts("services_hall.item")) == 2


async def test_a_package_is_offered_while_its_items_are_taken_in_and_neither_waits_for_ever(
    door: Door, committed: Database
) -> None:
    """Both lock the items that are there by id, whatever the order of their codes."""
    departments = {"OT-BIRTH-02": "public_security", "OT-BIRTH-01": "health"}
    for code, department in departments.items():
        await publish_item(door, code, department)
    changed = [{**entry(code, promised_days=1), "department": one} for code, one in sorted(departments.items())]

    async def offer() -> httpx.Response:
        async with door.client(SECOND_OFFICER) as client:
            return await client.post("/packages", json={"template": "birth"})

    async with committed.session() as other:
        await other.execute(ITEM, {"code": "OT-BIRTH-02"})
        offered = asyncio.create_task(offer())
        await until_it_waits(offered, committed)
        taken = asyncio.create_task(take(door, COUNTY_OFFICER, *changed))
        await until_two_wait(committed)
        await other.rollback()
    answers = await gather(offered, taken)
    assert [one.status_code for one in answers] == [201, 200], [one.text for one in answers]
    assert outcomes(answers[1]) == ["changed", "changed"]
