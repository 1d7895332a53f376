"""The next version of the dictionary: drafted, published from a day on; open incidents keep theirs."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, HEAD, TOWN_OFFICER, WORKER, an_incident, calendars
from tests.grid.dictionary_drafts.drafting import WHOLE, begun, published, refused, saying, stepped

DRAFTS = "/incident-dictionary-drafts"


async def version_in_force(client: httpx.AsyncClient) -> int:
    version: int = (await client.get("/incident-dictionary")).json()["version"]
    return version


async def test_a_version_is_in_force_from_its_day_on(door: Door, villages: None, clock: FrozenClock) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        draft = await begun(client)
        assert (draft["status"], draft["based_on"], len(draft["categories"])) == ("draft", 1, 9)
        draft = await stepped(client, draft, "revise", saying())
        listed = (await client.get(DRAFTS)).json()["items"]
        assert [one["id"] for one in listed] == [draft["id"]]
        assert (await client.get(f"{DRAFTS}/count")).json() == {"count": 1}
        draft = await stepped(client, draft, "publish", {"valid_from": "2026-03-20"})
        assert (draft["status"], draft["published_version"], draft["version"]) == ("published", 2, 3)
        assert await version_in_force(client) == 1
        clock.set(datetime(2026, 3, 19, 15, 59, tzinfo=UTC))
        assert await version_in_force(client) == 1
        clock.set(datetime(2026, 3, 19, 16, tzinfo=UTC))  # midnight in Shanghai
        said = (await client.get("/incident-dictionary")).json()
        assert (said["version"], said["valid_from"]) == (2, "2026-03-20")
        assert said["shifts"] == [{"start": "08:30:00", "end": "12:00:00"}, {"start": "13:30:00", "end": "17:30:00"}]
        [season] = said["special_hours"]
        assert (season["begins"], season["ends"], season["weekdays"]) == ("05-01", "09-30", [1, 2, 3, 4, 5, 6, 7])
        limits = said["categories"][0]["limits"]
        assert {"severity": "normal", "treatment": "engineering", "amount": 20, "unit": "work_day"} in limits
        versions = (await client.get("/incident-dictionary/versions", params={"limit": 1})).json()
        assert [one["version"] for one in versions["items"]] == [2]
        rest = {"limit": 1, "cursor": versions["next_cursor"]}
        rest_of = (await client.get("/incident-dictionary/versions", params=rest)).json()["items"]
        assert [(one["version"], one["published_at"]) for one in rest_of] == [(1, None)]
        whole = (await client.get("/incident-dictionary/versions/2")).json()
        assert whole == said
        assert (await client.get("/incident-dictionary/versions/9")).status_code == 404


async def filed(client: httpx.AsyncClient, incident: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/incidents/{incident}/file", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reported(door: Door, **what: Any) -> str:
    async with door.client(WORKER) as client:
        answer = await client.post("/incidents", json=an_incident(**what))
        assert answer.status_code == 201, answer.text
        incident: str = answer.json()["id"]
        return incident


async def test_a_new_version_never_breaks_an_open_incident(
    door: Door, grids: None, clock: FrozenClock, arrivals: Arrivals
) -> None:
    before, waiting, fire = [await reported(door), await reported(door), await reported(door, category="fire")]
    async with door.client(COUNTY_OFFICER) as county, door.client(CLERK) as clerk:
        old = await filed(clerk, before)
        assert (old["dictionary_version"], old["due_at"]) == (1, "2026-03-18T18:00:00+08:00")
        await published(county, "2026-03-16")
        new = await filed(clerk, waiting)
        assert (new["dictionary_version"], new["due_at"]) == (2, "2026-03-16T15:30:00+08:00")  # 10:00 and four hours
        gone = await filed(clerk, fire)  # the new version has no fires: as on the day of its report
        assert (gone["dictionary_version"], gone["due_at"]) == (1, "2026-03-19T18:00:00+08:00")
        async with door.client(WORKER) as worker:
            answer = await worker.post("/incidents", json=an_incident(category="fire"))
            assert (answer.status_code, answer.json()["code"]) == (422, "incident_category_unknown")
        later = [
            one.model_copy(update={"version": 2, "holidays": (*one.holidays, _day("2026-03-17"))})
            for one in calendars()
            if one.year == 2026
        ]
        await arrivals.take(*later)  # a day off more: each is computed again by its own version
        dues = [(await clerk.get(f"/incidents/{one}")).json()["incident"]["due_at"] for one in (before, waiting, fire)]
        assert dues == ["2026-03-19T18:00:00+08:00", "2026-03-16T15:30:00+08:00", "2026-03-20T18:00:00+08:00"]


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).date()


async def test_a_treatment_has_a_limit_of_its_own(door: Door, grids: None) -> None:
    incidents = [await reported(door), await reported(door)]
    async with door.client(COUNTY_OFFICER) as county, door.client(CLERK) as clerk:
        answer = await clerk.post(f"/incidents/{incidents[0]}/file", json={"treatment": "engineering"})
        assert (answer.status_code, answer.json()["code"]) == (422, "incident_category_unknown")
        assert [one["path"] for one in answer.json()["errors"]] == ["treatment"]
        await published(county, "2026-03-16")
        long = await filed(clerk, incidents[0], treatment="engineering")
        assert (long["treatment"], long["due_at"]) == ("engineering", "2026-04-14T17:30:00+08:00")
        short = await filed(clerk, incidents[1])
        assert (short["treatment"], short["due_at"]) == ("routine", "2026-03-16T15:30:00+08:00")


async def test_what_was_closed_is_taken_up_again_although_its_treatment_is_no_more(door: Door, grids: None) -> None:
    incident = await reported(door)
    async with (
        door.client(COUNTY_OFFICER) as county,
        door.client(CLERK) as clerk,
        door.client(WORKER) as worker,
        door.client(HEAD) as head,
    ):
        await published(county, "2026-03-16")
        await filed(clerk, incident, treatment="engineering")
        answer = await worker.post(f"/incidents/{incident}/self-handle", json={"reason": "cleaned"})
        assert answer.status_code == 200, answer.text
        if answer.json()["status"] == "feedback":  # drawn for a check
            await head.post(f"/incidents/{incident}/check", json={"passed": True})
            await clerk.post(f"/incidents/{incident}/close", json={})
        lost = [{**WHOLE["categories"][0], "limits": WHOLE["categories"][0]["limits"][:3]}]
        await published(county, "2026-03-16", categories=lost)
        answer = await clerk.post(f"/incidents/{incident}/reopen", json={"reason": "came_back"})
        assert answer.status_code == 200, answer.text
        again = answer.json()
        assert (again["dictionary_version"], again["treatment"]) == (2, "engineering")
        assert again["due_at"] == "2026-04-14T17:30:00+08:00"


async def test_a_publication_is_withdrawn_before_its_day_only(door: Door, villages: None, clock: FrozenClock) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        first = await published(client, "2026-03-20")
        again = await stepped(client, first, "withdraw")
        assert (again["status"], again["valid_from"], again["published_version"]) == ("draft", None, 2)
        clock.set(datetime(2026, 3, 20, 2, tzinfo=UTC))
        assert await version_in_force(client) == 1
        versions = (await client.get("/incident-dictionary/versions")).json()["items"]
        assert [(one["version"], one["withdrawn_at"] is None) for one in versions] == [(2, False), (1, True)]
        second = await stepped(client, again, "publish", {"valid_from": "2026-03-20"})
        assert second["published_version"] == 3
        assert await refused(client, second, "withdraw") == (409, "dictionary_version_begun")
        third = await published(client, "2026-03-25")
        assert await refused(client, second, "withdraw") == (409, "dictionary_version_followed")
        await begun(client)
        assert await refused(client, third, "withdraw") == (409, "dictionary_draft_open")
        assert await version_in_force(client) == 3
        found = (await client.get("/incident-dictionary/versions/4/differences")).json()["items"]
        assert found == []  # version 3 says the same
        found = (await client.get("/incident-dictionary/versions/4/differences", params={"against": 1})).json()["items"]
        assert {one["change"] for one in found} == {
            *("hours_changed", "category_removed", "limit_changed", "limit_added")
        }
        assert (await client.get("/incident-dictionary/versions/1/differences")).json() == {"items": []}
        missing = await client.get("/incident-dictionary/versions/1/differences", params={"against": 9})
        assert missing.status_code == 404


async def test_one_draft_is_open_at_a_time_and_steps_follow_the_table(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answers = await asyncio.gather(*(client.post(DRAFTS, json={}) for _ in range(4)))
        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
        assert {one.json()["code"] for one in answers if one.status_code == 409} == {"dictionary_draft_open"}
        draft = next(one.json() for one in answers if one.status_code == 201)
        assert await refused(client, draft, "restore") == (409, "dictionary_draft_transition_not_allowed")
        assert await refused(client, draft, "withdraw") == (409, "dictionary_draft_transition_not_allowed")
        await stepped(client, draft, "discard")
        for verb, body in (("revise", saying()), ("publish", {"valid_from": "2026-03-20"}), ("withdraw", None)):
            assert await refused(client, draft, verb, body) == (409, "dictionary_draft_transition_not_allowed")
        other = await begun(client, based_on=1)
        assert await refused(client, draft, "restore") == (409, "dictionary_draft_open")
        await stepped(client, other, "discard")
        assert (await stepped(client, draft, "restore"))["status"] == "draft"
        assert (await client.post(DRAFTS, json={"based_on": 7})).status_code == 404
        stale = await client.post(f"{DRAFTS}/{draft['id']}/discard", headers={"If-Match": '"1"'})
        assert stale.status_code == 412


async def test_an_incomplete_draft_is_kept_but_not_published(door: Door, villages: None) -> None:
    [category] = saying()["categories"]
    partly = saying(categories=[{**category, "limits": category["limits"][:1]}])
    async with door.client(COUNTY_OFFICER) as client:
        draft = await stepped(client, await begun(client), "revise", partly)
        answer = await client.post(f"{DRAFTS}/{draft['id']}/publish", json={"valid_from": "2026-03-20"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert [one["path"] for one in answer.json()["errors"]] == ["categories.0.limits", "categories.0.limits"]
        compared = (await client.get(f"{DRAFTS}/{draft['id']}/differences")).json()["items"]
        assert {
            "change": "limit_removed",
            "category": "environment",
            "severity": "urgent",
            "treatment": "routine",
            "before": "4 工作小时",
            "after": None,
        } in compared
        await stepped(client, draft, "revise", saying())
        for day, code in (("2026-03-15", "past"), ("2025-01-01", "past")):
            answer = await client.post(f"{DRAFTS}/{draft['id']}/publish", json={"valid_from": day})
            assert [one["code"] for one in answer.json()["errors"]] == [code]


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ({"shifts": []}, "shifts"),
        ({"shifts": [{"start": "8:00", "end": "12:00"}]}, "shifts.0.start"),
        ({"special_hours": [{"begins": "02-30", "ends": "03-01", "shifts": []}]}, "special_hours.0.begins"),
        ({"special_hours": [{"weekdays": [8], "shifts": []}]}, "special_hours.0.weekdays.0"),
        ({"special_hours": [{"weekdays": [1, 1], "shifts": []}]}, "special_hours.0.weekdays"),
        ({"categories": [{"code": "Fire!", "name": "火"}]}, "categories.0.code"),
        ({"categories": [{"code": "fire", "name": "致电13800001234"}]}, "categories.0.name"),
    ],
)
async def test_bad_content_is_refused_at_its_place(door: Door, villages: None, what: Any, path: str) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        draft = await begun(client)
        answer = await client.post(f"{DRAFTS}/{draft['id']}/revise", json=saying(**what))
        assert answer.status_code == 422
        assert path in [one["path"] for one in answer.json()["errors"]], answer.text


async def test_the_dictionary_is_the_countys(door: Door, villages: None, committed: Database) -> None:
    for who in (TOWN_OFFICER, CLERK):
        async with door.client(who) as client:
            assert (await client.post(DRAFTS, json={})).status_code == 403
            assert (await client.get(DRAFTS)).status_code == 403
            assert (await client.get("/incident-dictionary/versions")).status_code == 200
