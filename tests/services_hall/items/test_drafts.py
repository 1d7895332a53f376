"""Two people for each version and for the end of an item: drafted, seen with its differences, published, retired."""

from itertools import product
from typing import Any

import httpx
import pytest

from services.services_hall.items.domain.codes import ItemStatus
from services.services_hall.items.domain.refusals import DutyNotOfTown
from services.services_hall.items.domain.rules import TRANSITIONS, check_duty, require_decided, require_handed
from services.services_hall.items.service.content import changes
from shared.auth.principal import Grant, Principal
from shared.contracts.duties import DutyKind
from shared.contracts.services_hall.items import ItemReopened, ItemRetired
from shared.errors import Invalid
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    SECOND_OFFICER,
    VERSION,
    CaseIn,
    Facts,
    Step,
    Submit,
    draft_item,
    draft_version,
    publish_item,
    publish_version,
    refusal,
)

THIRD = a_principal("county_officer", "450481", "third-officer")
SAME = (403, "item_same_person", "起草人不得审核发布自己起草的内容")


async def ask(door: Door, who: Principal, path: str, body: Any = None, tag: str | None = None) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(path, json=body, headers={} if tag is None else {"If-Match": tag})


async def read(door: Door, path: str, who: Principal = SECOND_OFFICER) -> Any:
    async with door.client(who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_nobody_who_had_a_hand_in_a_draft_publishes_it(door: Door, item: str, facts: Facts) -> None:
    before = len(await facts())
    drafted = await draft_version(door, item, promised_days=3)
    assert refusal(await ask(door, COUNTY_OFFICER, f"/items/{item}/publish", tag=drafted.headers["etag"])) == SAME
    changed = await ask(door, SECOND_OFFICER, f"/items/{item}/draft", {**VERSION, "promised_days": 4})
    tag = changed.headers["etag"]
    for who in (COUNTY_OFFICER, SECOND_OFFICER):
        assert refusal(await ask(door, who, f"/items/{item}/publish", tag=tag)) == SAME
    assert len(await facts()) == before
    assert (await ask(door, THIRD, f"/items/{item}/publish", tag=tag)).json()["published"]["promised_days"] == 4
    assert refusal(await ask(door, THIRD, f"/items/{item}/publish", tag="*"))[1] == "item_draft_missing"


async def test_a_draft_that_was_published_or_discarded_never_lends_its_tag_to_another(door: Door, item: str) -> None:
    first = await draft_version(door, item, promised_days=3)
    gone = await ask(door, COUNTY_OFFICER, f"/items/{item}/discard-draft", tag=first.headers["etag"])
    assert gone.status_code == 200
    second = await draft_version(door, item, promised_days=19)
    assert second.headers["etag"] != first.headers["etag"]
    assert refusal(await ask(door, SECOND_OFFICER, f"/items/{item}/publish", tag=first.headers["etag"]))[0] == 412


async def test_a_draft_is_shown_with_what_it_changes_and_waits_in_the_list_of_who_may_decide(
    door: Door, item: str
) -> None:
    materials = [{"name": "户口簿", "form": "original"}, {"name": "身份证", "form": "copy"}]
    await publish_version(door, item, materials=materials)
    await draft_version(door, item, promised_days=3, materials=[*reversed(materials)], keywords=["居住"])
    shown = await read(door, f"/items/{item}/draft")
    assert {one["path"]: (one["old"], one["new"]) for one in shown["changes"]} == {
        "promised_days": (5, 3),
        "keywords": ([], ["居住"]),
        "materials.order": (["户口簿", "身份证"], ["身份证", "户口簿"]),
    }
    assert (shown["kind"], shown["name"], shown["content"]["promised_days"]) == ("version", "居住证明", 3)
    assert [one["item_id"] for one in (await read(door, "/item-drafts"))["items"]] == [item]
    water = Principal("water", (Grant("department_officer", "450481", "water"),))
    assert (await read(door, "/item-drafts", water))["items"] == []
    async with door.client(water) as client:
        assert (await client.get(f"/items/{item}/draft")).status_code == 403


async def test_versions_are_compared_and_what_is_the_same_is_no_draft(door: Door, item: str) -> None:
    await publish_version(door, item, promised_days=3, steps=[{"name": "镇级审核", "level": 9, "days": 2}])
    told = await read(door, f"/items/{item}/versions/2/differences", CLERK)
    step = {"name": "镇级审核", "level": 9, "department": None, "days": 2}
    assert told["changes"] == [
        {"path": "promised_days", "old": 5, "new": 3}, {"path": "steps.镇级审核", "old": None, "new": step},
    ]  # fmt: skip
    back = await read(door, f"/items/{item}/versions/1/differences?against=2", CLERK)
    assert [(one["old"], one["new"]) for one in back["changes"]] == [(3, 5), (step, None)]
    assert (await read(door, f"/items/{item}/versions/2/differences?against=2", CLERK))["changes"] == []
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{item}/versions/3/differences")).status_code == 404
    first = await read(door, f"/items/{item}/versions/1/differences", CLERK)
    assert {one["path"]: one["new"] for one in first["changes"]}["name"] == "居住证明", "the first one adds everything"
    assert {one["old"] for one in first["changes"]} == {None}
    same = await draft_version(door, item, promised_days=3, steps=[{"name": "镇级审核", "level": 9, "days": 2}])
    assert refusal(same)[:2] == (409, "item_unchanged")


async def test_an_item_is_retired_by_two_takes_nothing_new_and_lets_open_cases_go_on(
    door: Door, item: str, submit: Submit, case_in: CaseIn, step: Step, facts: Facts
) -> None:
    case = await case_in("accepted")
    proposed = await ask(door, COUNTY_OFFICER, f"/items/{item}/propose-retirement", {"reason": "merged"})
    tag = proposed.headers["etag"]
    assert (proposed.json()["kind"], proposed.json()["reason"]) == ("retirement", "merged")
    assert (await submit())["status"] == "submitted", "it is offered until somebody else has decided"
    assert refusal(await ask(door, COUNTY_OFFICER, f"/items/{item}/retire", tag=tag)) == SAME
    assert refusal(await draft_version(door, item, promised_days=1))[1] == "item_draft_other"
    assert refusal(await ask(door, SECOND_OFFICER, f"/items/{item}/publish", tag=tag))[1] == "item_draft_other"
    retired = await ask(door, SECOND_OFFICER, f"/items/{item}/retire", tag=tag)
    assert (retired.json()["status"], retired.json()["version"]) == ("retired", 3)
    async with door.client(CLERK) as client:
        extract = {"item_id": item, "area": "450481114201", "extract": "x" * 40}
        assert refusal(await client.post("/cases", json=extract))[1] == "item_not_accepted_here"
    assert (await step(case, "decide", granted=True)).status_code == 200
    again = await ask(door, COUNTY_OFFICER, f"/items/{item}/propose-retirement", {"reason": "merged"})
    assert refusal(again)[1] == "item_transition_not_allowed"
    assert refusal(await ask(door, THIRD, f"/items/{item}/reopen", tag='"2"'))[0] == 412
    reopened = await ask(door, THIRD, f"/items/{item}/reopen", tag='"3"')
    assert (reopened.json()["status"], reopened.json()["published"]["number"]) == ("published", 1)
    assert refusal(await ask(door, THIRD, f"/items/{item}/reopen", tag='"4"'))[1] == "item_transition_not_allowed"
    assert (await submit())["item_version"] == 1
    told = (await facts("services_hall.item"))[-2:]
    assert [type(one) for one in told] == [ItemRetired, ItemReopened]
    assert [one.state.status for one in told] == ["retired", "published"]


async def test_a_retired_item_comes_back_with_its_next_version_too(door: Door, item: str) -> None:
    proposed = await ask(door, COUNTY_OFFICER, f"/items/{item}/propose-retirement", {"reason": "not_needed"})
    await ask(door, SECOND_OFFICER, f"/items/{item}/retire", tag=proposed.headers["etag"])
    answer = await publish_version(door, item, promised_days=1)
    assert (answer.json()["status"], answer.json()["published"]["number"]) == ("published", 2)


async def test_a_draft_without_a_version_is_not_retired(door: Door) -> None:
    draft = (await draft_item(door)).json()["id"]
    answer = await ask(door, COUNTY_OFFICER, f"/items/{draft}/propose-retirement", {"reason": "merged"})
    assert refusal(answer)[1] == "item_transition_not_allowed"


async def test_drafts_are_published_together_or_not_at_all(door: Door, facts: Facts) -> None:
    items = [(await draft_item(door, f"ITEM-{number}")).json()["id"] for number in range(3)]
    seen = [(await draft_version(door, one)).json()["version"] for one in items]
    named = [{"item": one, "version": version} for one, version in zip(items, seen, strict=True)]
    before = len(await facts())
    stale = [*named[:2], {**named[2], "version": 9}]
    told = await ask(door, SECOND_OFFICER, "/item-drafts/publish", {"drafts": stale})
    assert refusal(told)[:2] == (409, "item_draft_stale")
    assert [one["path"] for one in told.json()["errors"]] == ["drafts.2.version"]
    assert refusal(await ask(door, COUNTY_OFFICER, "/item-drafts/publish", {"drafts": named})) == SAME
    assert len(await facts()) == before
    done = await ask(door, SECOND_OFFICER, "/item-drafts/publish", {"drafts": named})
    assert sorted(one["id"] for one in done.json()["items"]) == sorted(items)
    assert {one["status"] for one in done.json()["items"]} == {"published"}


async def test_an_item_offered_in_some_towns_is_accepted_there_alone(door: Door, submit: Submit, item: str) -> None:
    elsewhere = await publish_item(door, "ELSEWHERE", areas=["450481113"])
    here = await publish_item(door, "HERE", areas=["450481114"])
    assert (await submit(item_id=here))["item_id"] == here
    async with door.client(CLERK) as client:
        body = {"item_id": elsewhere, "area": "450481114201", "extract": "x" * 40}
        assert refusal(await client.post("/cases", json=body))[1] == "item_not_accepted_here"


ALLOWED = {("draft", "published"), ("published", "published"), ("published", "retired"), ("retired", "published")}


def test_an_item_moves_along_its_table() -> None:
    assert {(was, to) for was, to in product(ItemStatus, ItemStatus) if to in TRANSITIONS[was]} == ALLOWED


@pytest.mark.parametrize(
    ("duty", "levels", "steps", "refused"),
    [
        (None, [12], [12], []),
        (DutyKind.BASIC, [9, 12], [12, 9], []),
        (DutyKind.SHARED, [9, 12], [9, 6], []),
        (DutyKind.SHARED, [6, 9], [9], [("steps", "duty_decided_below")]),
        (DutyKind.SHARED, [9], [], [("steps", "duty_decided_below")]),
        (DutyKind.SHARED, [6], [], []),
        (DutyKind.TAKEN_BACK, [9, 12], [6], []),
        (DutyKind.TAKEN_BACK, [9], [9, 6], [("steps.0.level", "duty_taken_back")]),
    ],
)
def test_the_steps_of_an_item_respect_the_list_of_duties(
    duty: DutyKind | None, levels: list[int], steps: list[int], refused: list[tuple[str, str]]
) -> None:
    try:
        check_duty(duty, levels, [{"level": level} for level in steps])
        found = []
    except Invalid as error:
        found = [(one.path, one.code) for one in error.errors]
    assert found == refused


TOWN, COUNTY = "450481114", "450481"


@pytest.mark.parametrize(
    ("duty", "handed_to_town", "decided_in_town"),
    [(None, True, True), ("basic", True, True), ("shared", True, False), ("taken_back", False, False)],
)
def test_who_works_on_a_case_and_who_decides_follows_the_list_of_duties(
    duty: str | None, handed_to_town: bool, decided_in_town: bool
) -> None:
    for rule, allowed in ((require_handed, handed_to_town), (require_decided, decided_in_town)):
        rule(duty, COUNTY)
        for area in (TOWN, f"{TOWN}201"):
            if allowed:
                rule(duty, area)
            else:
                with pytest.raises(DutyNotOfTown):
                    rule(duty, area)


async def test_a_case_goes_to_the_county_where_the_town_only_cooperates_and_not_back_where_it_was_taken_back(
    door: Door, submit: Submit, step: Step
) -> None:
    county = [{"name": "县级审定", "level": 6, "days": 1}]
    taken = await publish_item(door, "TAKEN-BACK", duty="taken_back", levels=[9, 12], steps=county)
    case = await submit(item_id=taken)
    for verb in ("receive", "accept"):
        case = (await step(case, verb)).json()
    down = {"to": {"area": "450481114"}, "reason": "other_place"}
    assert refusal(await step(case, "hand-over", **down))[1] == "duty_not_of_town"
    assert (await step(case, "begin-review")).status_code == 200
    assert (await read(door, f"/cases/{case['id']}"))["sent"]["area"] == "450481"
    at_once: dict[str, Any] = {"handling_mode": "at_once", "promised_days": 0}
    shared = await publish_item(door, "COOPERATING", duty="shared", levels=[6], **at_once)
    await publish_version(door, shared, duty="basic", levels=[12], **at_once)
    basic = await submit(item_id=shared)
    for verb in ("receive", "accept"):
        basic = (await step(basic, verb)).json()
    assert (await step(basic, "decide", granted=True)).status_code == 200


def test_members_of_lists_are_compared_by_name_and_those_without_one_as_a_whole() -> None:
    one, other = {"name": "甲", "copies": 1}, {"name": "乙", "copies": 1}
    told = [(c.path, c.old, c.new) for c in changes({"materials": [one]}, {"materials": [{**one, "copies": 2}, other]})]
    assert told == [("materials.甲.copies", 1, 2), ("materials.乙", None, other)]
    assert changes({"materials": [one, one]}, {"materials": [one]})[0].path == "materials"
    assert changes({"result": {"kind": "none"}}, {"result": None})[0].new is None
