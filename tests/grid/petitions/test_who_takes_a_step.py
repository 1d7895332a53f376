"""Petitions: every step by every kind of caller, where each petition stands; what a stale version and a repeat do."""

from typing import Any

import pytest

from shared.auth.principal import Principal
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, HANDLER, RESIDENT, STRANGER, TOWN_OFFICER, WORKER
from tests.grid.petitions.test_api import ANSWER, AUDITOR, OTHER_TOWN_OFFICER, REVIEWED, did, registered, tried

SECOND_OFFICER = a_principal("county_officer", "450481", subject="second-officer")
TODAY = "2026-03-16"
BODIES: dict[str, dict[str, Any]] = {
    "accept": {},
    "refuse": {"reason": "in_court"},
    "refer": {"reason": "other_authority"},
    "assign": {"department": "urban_management"},
    "extend": {"until": "2026-06-01", "note": "须实地勘测"},
    "answer": ANSWER,
    "ask-review": {"asked_on": TODAY},
    "review": REVIEWED,
    "ask-final-review": {"asked_on": TODAY},
    "review-finally": REVIEWED,
    "withdraw": {"reason": "by_petitioner"},
}
BEFORE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("accept", "refuse", "refer", "withdraw"), ()),
    **dict.fromkeys(("assign", "extend"), ("accept",)),
    "answer": ("accept", "assign"),
    "ask-review": ("accept", "assign", "answer"),
    "review": ("accept", "assign", "answer", "ask-review"),
    "ask-final-review": ("accept", "assign", "answer", "ask-review", "review"),
    "review-finally": ("accept", "assign", "answer", "ask-review", "review", "ask-final-review"),
}
"""The steps that lead to where a step is taken; the town's office takes them, the county reviews."""
CALLERS: dict[str, Principal] = {
    "the county": SECOND_OFFICER,
    "the town": TOWN_OFFICER,
    "another town": OTHER_TOWN_OFFICER,
    "the department": HANDLER,
    "another department": STRANGER,
    "the auditor": AUDITOR,
    "the village": CLERK,
    "the grid": WORKER,
    "a resident": RESIDENT,
}
NEVER = dict.fromkeys(("the auditor", "the village", "the grid", "a resident"), 403)
OF_THE_OFFICE = {"the county": 200, "the town": 200, "another town": 404, **NEVER}
ALONE = {**OF_THE_OFFICE, "the department": 404, "another department": 404}
AT_THE_DOOR = {**OF_THE_OFFICE, "the department": 403, "another department": 403}
ABOVE = {**AT_THE_DOOR, "the town": 403, "another town": 403}
STATUSES: dict[str, dict[str, int]] = {
    "accept": ALONE,
    "refuse": ALONE,
    "refer": ALONE,
    "assign": ALONE,
    "extend": ALONE,
    "answer": {**ALONE, "the department": 200},
    "ask-review": AT_THE_DOOR,
    "ask-final-review": AT_THE_DOOR,
    "withdraw": AT_THE_DOOR,
    "review": ABOVE,
    "review-finally": ABOVE,
}


async def brought_to(door: Door, verb: str) -> dict[str, Any]:
    """A petition of the town that stands where a step is taken."""
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town, door.client(COUNTY_OFFICER) as county:
        for step in BEFORE[verb]:
            one = await did(county if step == "review" else town, one, step, **BODIES[step])
    return one


def test_every_step_has_its_line() -> None:
    assert set(BODIES) == set(BEFORE) == set(STATUSES)
    assert all(set(wanted) == set(CALLERS) for wanted in STATUSES.values())


@pytest.mark.parametrize("verb", BODIES)
async def test_each_step_is_taken_by_whose_it_is_and_by_nobody_else(door: Door, verb: str) -> None:
    one = await brought_to(door, verb)
    for name, wanted in sorted(STATUSES[verb].items(), key=lambda item: item[1], reverse=True):
        async with door.client(CALLERS[name]) as client:
            answer = await tried(client, one, verb, **BODIES[verb])
        assert answer.status_code == wanted, (verb, name, answer.text)
        if wanted == 200:
            one = await brought_to(door, verb)


@pytest.mark.parametrize("verb", BODIES)
async def test_a_stale_version_and_a_petition_that_is_not_there_change_nothing(door: Door, verb: str) -> None:
    one = await brought_to(door, verb)
    async with door.client(COUNTY_OFFICER) as county:
        stale = await tried(county, {**one, "version": one["version"] + 1}, verb, **BODIES[verb])
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
        nothing = await tried(county, {**one, "id": str(new_id())}, verb, **BODIES[verb])
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
        assert (await county.get(f"/petitions/{one['id']}")).json()["petition"] == one


async def test_a_step_that_is_sent_twice_with_a_key_is_taken_once(door: Door) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town:
        key = {"Idempotency-Key": str(new_id())}
        answers = [await town.post(f"/petitions/{one['id']}/accept", json={}, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
        assert len((await town.get(f"/petitions/{one['id']}")).json()["steps"]) == 2


@pytest.mark.parametrize("verb", [verb for verb in BODIES if verb != "accept"])
async def test_the_undo_of_each_step_brings_back_what_was_before_it(door: Door, verb: str) -> None:
    before = await brought_to(door, verb)
    reviewed = verb.startswith("review")
    async with door.client(SECOND_OFFICER) as county, door.client(TOWN_OFFICER) as town:
        after = await did(county if reviewed else town, before, verb, **BODIES[verb])
        assert {**after, "version": 0} != {**before, "version": 0}
        back = await did(county if reviewed else town, after, "undo", note="点错")
        assert {**back, "version": 0} == {**before, "version": 0}
        lines = (await county.get(f"/petitions/{before['id']}")).json()["steps"]
    named = verb.replace("review-finally", "final-review").replace("-", "_")
    assert [line["step"] for line in lines[-2:]] == [named, "undo"]
    assert lines[-1]["note"] == "点错"
