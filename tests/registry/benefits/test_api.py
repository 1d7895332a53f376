"""Benefits over HTTP: what clerks decide on those a list has no more, on which days, and who sees them."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.registry.benefits.domain import BenefitEndWrong, BenefitTransitionRefused
from shared.db.engine import Database
from shared.errors import DomainError
from tests.registry.benefits.receiving import OTHER_SOURCE, SINCE, listed, receives, shown, stepped
from tests.registry.builders import COUNTY, FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.persons.test_numbers import logged
from tests.registry.steps import (
    BENEFITS,
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    TAGS,
    Json,
    assert_not_found,
    assert_refused,
    die,
    given,
    move_out,
    start_tag,
)

UNDECIDED = {"ended_on": None, "reason": None, "decided_by": None, "decided_at": None}


def refused(answer: Any, refusal: type[DomainError], *paths: str) -> None:
    """The refusal of the noun's own, with the fields it is about."""
    body = answer.json()
    assert (body["code"], body["title"], body["advice"]) == (refusal.code, refusal.title, refusal.advice), body
    assert [one["path"] for one in body["errors"]] == list(paths)
    assert answer.status_code == (422 if refusal is BenefitEndWrong else 409)


async def tag_of(client: Any, tag: Json) -> Json:
    """The tag as it is."""
    (one,) = [
        one for one in given(await client.get(f"{PERSONS}/{tag['person_id']}/tags"))["items"] if one["id"] == tag["id"]
    ]
    return dict(one)


async def told(events: Events, tag: Json) -> list[tuple[str, str | None]]:
    """What the tag announced since it was entered: which fact, and the end of its state."""
    heard = await events("registry.tag.", tag["id"])
    return [(one["type"].rsplit(".")[-1], one["state"]["ended_on"]) for one in heard][1:]


async def test_a_benefit_ends_with_its_tag_and_both_come_back(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    tag, benefit = await receives(clerk, committed, monthly_fen=64_005)
    for wrong in ("2026-01-31", "2026-03-17"):
        refused(await stepped(clerk, benefit, "end", ended_on=wrong), BenefitEndWrong, "ended_on")
    before = await shown(clerk, benefit)
    answer = await stepped(clerk, benefit, "end", ended_on=str(SINCE))
    ended = given(answer)
    assert answer.headers["etag"] == '"2"'
    assert ended == {
        **before,
        "version": 2,
        "status": "ended",
        "ended_on": "2026-02-01",
        "decided_by": "clerk",
        "decided_at": ended["decided_at"],
    }
    assert ended["decided_at"] is not None
    assert (await tag_of(clerk, tag))["ended_on"] == "2026-02-01"
    for verb, body in (("end", {"ended_on": "2026-03-01"}), ("keep", {"reason": "under_review"})):
        refused(await stepped(clerk, benefit, verb, **body), BenefitTransitionRefused)
    assert_refused(await stepped(clerk, benefit, "reopen", headers={}), "precondition_required")
    assert_refused(await stepped(clerk, benefit, "reopen", headers={"if-match": '"1"'}), "version_mismatch")
    again = given(await stepped(clerk, benefit, "reopen"))
    assert again == {**before, "version": 3, **UNDECIDED}
    assert (await tag_of(clerk, tag))["ended_on"] is None
    refused(await stepped(clerk, benefit, "reopen"), BenefitTransitionRefused)
    given(await stepped(clerk, benefit, "end", ended_on="2026-03-16", headers={"if-match": '"3"'}))
    assert await told(events, tag) == [("ended", "2026-02-01"), ("reopened", None), ("ended", "2026-03-16")]


async def test_a_benefit_is_kept_with_a_reason_and_its_tag_holds(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    tag, benefit = await receives(clerk, committed)
    before = await shown(clerk, benefit)
    assert_refused(
        await stepped(clerk, benefit, "keep", reason="still_entitled", headers={"if-match": '"9"'}), "version_mismatch"
    )
    kept = given(await stepped(clerk, benefit, "keep", reason="still_entitled"))
    assert (kept["status"], kept["reason"], kept["decided_by"]) == ("kept", "still_entitled", "clerk")
    assert (kept["version"], kept["ended_on"], kept["missing_on"]) == (2, None, "2026-03-01")
    for verb, body in (("keep", {"reason": "under_review"}), ("end", {"ended_on": "2026-03-10"})):
        refused(await stepped(clerk, benefit, verb, **body), BenefitTransitionRefused)
    assert given(await stepped(clerk, benefit, "reopen")) == {**before, "version": 3}
    assert await told(events, tag) == []


async def test_what_a_list_still_says_is_changed_by_lists_alone(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk = client_of(*CLERK)
    _, benefit = await receives(clerk, committed, status="held", missing_on=None)
    for verb, body in (("end", {"ended_on": "2026-03-10"}), ("keep", {"reason": "under_review"}), ("reopen", {})):
        refused(await stepped(clerk, benefit, verb, **body), BenefitTransitionRefused)
    assert (await shown(clerk, benefit))["version"] == 1


@pytest.mark.parametrize(
    ("other", "ends"),
    [
        ({"status": "held", "missing_on": None}, False),
        ({"status": "kept", "reason": "under_review"}, False),
        ({"status": "missing"}, True),
        ({"status": "ended", "ended_on": SINCE}, True),
    ],
)
async def test_a_tag_goes_on_while_another_department_says_it(
    client_of: Client, county: None, committed: Database, other: Json, ends: bool
) -> None:
    clerk = client_of(*CLERK)
    tag, benefit = await receives(clerk, committed)
    await receives(clerk, committed, tag=tag, source=OTHER_SOURCE, **other)
    given(await stepped(clerk, benefit, "end", ended_on="2026-03-10"))
    assert (await tag_of(clerk, tag))["ended_on"] == ("2026-03-10" if ends else None)
    given(await stepped(clerk, benefit, "reopen"))
    assert (await tag_of(clerk, tag))["ended_on"] is None


async def test_a_tag_that_somebody_ended_before_stays_ended_when_the_decision_is_taken_back(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    clerk = client_of(*CLERK)
    tag, benefit = await receives(clerk, committed)
    given(await clerk.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-05"}))
    given(await stepped(clerk, benefit, "end", ended_on="2026-03-10"))
    given(await stepped(clerk, benefit, "reopen"))
    assert await told(events, tag) == [("ended", "2026-03-05")]


@pytest_asyncio.fixture(loop_scope="session")
async def over(client_of: Client, county: None, committed: Database) -> AsyncIterator[tuple[Json, Json]]:
    """A tag and a benefit that ended on 10 March."""
    registrar = client_of(*REGISTRAR)
    tag, benefit = await receives(registrar, committed)
    given(await stepped(registrar, benefit, "end", ended_on="2026-03-10"))
    yield tag, benefit


@pytest.mark.parametrize("what", ["person_deceased", "person_not_active", "tag_already_open"])
async def test_a_decision_is_not_taken_back_if_the_tag_cannot_hold_again(
    client_of: Client, over: tuple[Json, Json], what: str
) -> None:
    registrar, (tag, benefit) = client_of(*REGISTRAR), over
    person = tag["person_id"]
    if what == "person_deceased":
        given(await die(registrar, person, "2026-03-12"))
    elif what == "person_not_active":
        given(await move_out(registrar, person, "2026-03-12"))
    else:
        await start_tag(registrar, person, "minimum_living", on="2026-03-12")
    assert_refused(await stepped(registrar, benefit, "reopen"), what)
    assert (await shown(registrar, benefit))["status"] == "ended"
    assert (await tag_of(registrar, tag))["ended_on"] == "2026-03-10"


async def test_lists_and_counts_say_the_same_to_each_role_in_its_areas(
    client_of: Client, county: None, committed: Database
) -> None:
    registrar = client_of(*REGISTRAR)
    made: dict[str, str] = {}
    for area in (VILLAGE, SISTER, FAR):
        made[area] = (await receives(registrar, committed, area=area))[1]["id"]
    held = (await receives(registrar, committed, kind="disabled", status="held", missing_on=None))[1]["id"]
    here = [made[VILLAGE], held]
    for role, own, area, wanted in (
        ("county_registrar", COUNTY, COUNTY, [made[VILLAGE], made[SISTER], made[FAR], held]),
        ("town_officer", TOWN, COUNTY, [made[VILLAGE], made[SISTER], held]),
        ("town_officer", OTHER_TOWN, COUNTY, [made[FAR]]),
        ("village_clerk", VILLAGE, VILLAGE, here),
        ("village_clerk", VILLAGE, TOWN, here),
        ("village_clerk", FARTHER, FARTHER, []),
        ("county_registrar", COUNTY, SISTER, [made[SISTER]]),
    ):
        assert await listed(client_of(role, own), area) == wanted, (role, own, area)
    assert await listed(registrar, COUNTY, kind="disabled") == [held]
    assert await listed(registrar, COUNTY, status="missing") == [made[VILLAGE], made[SISTER], made[FAR]]
    assert await listed(registrar, VILLAGE, kind="minimum_living", status="missing") == [made[VILLAGE]]
    assert await listed(registrar, VILLAGE, kind="minimum_living", status="held") == []
    for path in (BENEFITS, f"{BENEFITS}/count"):
        assert_not_found(await client_of(*CLERK).get(path, params={"area": FAR}))
        assert (await client_of("auditor", COUNTY).get(path, params={"area": COUNTY})).status_code == 403


async def test_each_look_is_noted_masked_each_step_as_a_change_and_what_is_not_there_as_such(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk = client_of(*CLERK, subject="looks")
    first = (await receives(clerk, committed))[0]["person_id"]
    tag, benefit = await receives(clerk, committed)
    second = tag["person_id"]
    page = given(await clerk.get(BENEFITS, params={"area": VILLAGE, "limit": 1}))
    assert [one["person"]["id"] for one in page["items"]] == [first], "the next one is not shown and not noted"
    one = await shown(clerk, benefit)
    assert (one["person"]["name"], one["person"]["residence_area"]) == ("覃*英", VILLAGE)
    given(await stepped(clerk, benefit, "keep", reason="under_review"))
    given(await stepped(clerk, benefit, "reopen", headers={"if-match": '"2"'}))
    given(await stepped(clerk, benefit, "end", ended_on="2026-03-10"))
    noted = [line for line in await logged(committed, "looks") if "benefit" in line[0]]
    assert Counter(noted) == Counter(
        [
            ("list_benefits", first, "masked", "ok"),
            ("read_benefit", second, "masked", "ok"),
            ("keep_benefit", second, "write", "ok"),
            ("reopen_benefit", second, "write", "ok"),
            ("end_benefit", second, "write", "ok"),
        ]
    )
    far = client_of(*FAR_CLERK, subject="elsewhere")
    for id_ in (benefit["id"], NOBODY):
        assert_not_found(await far.get(f"{BENEFITS}/{id_}"))
        assert_not_found(await far.post(f"{BENEFITS}/{id_}/keep", json={"reason": "under_review"}))
        assert_not_found(await far.post(f"{BENEFITS}/{id_}/end", json={"ended_on": "2026-03-10"}))
        assert_not_found(await far.post(f"{BENEFITS}/{id_}/reopen", headers={"if-match": '"1"'}))
    steps = ["read_benefit", "keep_benefit", "end_benefit", "reopen_benefit"]
    missed = [(action, object_id, result) for action, object_id, _, result in await logged(committed, "elsewhere")]
    assert Counter(missed) == Counter((action, None, "not_found") for action in steps * 2)
    assert (await shown(clerk, benefit))["version"] == 4
