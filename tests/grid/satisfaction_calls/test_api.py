"""Satisfaction calls: due once for each report of the people, asked by who did not handle it; silence is no praise."""

import asyncio
from typing import Any

import httpx
import pytest

from services.grid.satisfaction_calls.domain import CallTransitionError, require_explained, require_transition
from services.grid.satisfaction_calls.service import restate
from shared.contracts.grid.satisfaction_calls import SatisfactionCallState, SatisfactionCallStatus
from shared.db.engine import Database
from shared.errors import ReasonRequired
from shared.reference.satisfaction import Satisfaction
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HANDLER,
    HEAD,
    OTHER_CLERK,
    RESIDENT,
    STRANGER,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
)
from tests.grid.conftest import Facts
from tests.grid.satisfaction_calls.calling import STEPS, closed, go

CALLER = a_principal("county_officer", "450481", subject="who-calls")
ALLOWED = {("due", "due"), ("due", "answered"), ("due", "unreached"), ("answered", "due"), ("unreached", "due")}


def test_the_table_of_steps() -> None:
    for present in SatisfactionCallStatus:
        for to in SatisfactionCallStatus:
            if (present, to) in ALLOWED:
                require_transition(present, to)
            else:
                with pytest.raises(CallTransitionError):
                    require_transition(present, to)


def test_a_bad_rating_says_why() -> None:
    for level in map(int, Satisfaction):
        require_explained(level, "说明")
        if level > 2:
            require_explained(level, None)
        else:
            with pytest.raises(ReasonRequired):
                require_explained(level, None)


async def calls(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/satisfaction-calls", params=params)).json()["items"]
    assert (await client.get("/satisfaction-calls/count", params=params)).json() == {"count": len(found)}
    return found


async def did(client: httpx.AsyncClient, call: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
    headers = {"If-Match": f'"{call["version"]}"'}
    answer = await client.post(f"/satisfaction-calls/{call['id']}/{verb}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()
    return after


async def refused(client: httpx.AsyncClient, call: dict[str, Any], verb: str, body: Any = None) -> tuple[int, str]:
    headers = {"If-Match": f'"{call["version"]}"'}
    answer = await client.post(f"/satisfaction-calls/{call['id']}/{verb}", json=body, headers=headers)
    return answer.status_code, answer.json()["code"]


async def test_a_call_is_due_once_for_what_people_reported(door: Door, grids: None, unit: str, facts: Facts) -> None:
    await closed(door, unit, steps=STEPS[:-1])
    await closed(door, unit, source="patrol")
    async with door.client(CLERK) as client:
        assert await calls(client) == []
        incident = await closed(door, unit)
        [call] = await calls(client)
        assert (call["incident_id"], call["status"], call["attempts"], call["rating"]) == (incident, "due", 0, None)
    [told] = await facts("grid.satisfaction_call")
    assert (told.type, str(told.state.incident_id)) == ("grid.satisfaction_call.due", incident)
    assert RESIDENT.subject not in told.model_dump_json()


async def test_what_they_said_is_entered_and_taken_back(door: Door, grids: None, unit: str, facts: Facts) -> None:
    await closed(door, unit)
    async with door.client(CLERK) as client:
        [call] = await calls(client)
        assert await refused(client, call, "give-up") == (409, "satisfaction_call_not_tried")
        assert await refused(client, call, "take-back") == (409, "satisfaction_call_transition_not_allowed")
        call = await did(client, call, "attempt")
        call = await did(client, call, "attempt")
        assert (call["status"], call["attempts"]) == ("due", 2)
        assert (await did(client, call, "take-back"))["attempts"] == 1
        [call] = await calls(client, status="due")
        assert await refused(client, call, "answer", {"rating": 2}) == (422, "reason_required")
        call = await did(client, call, "answer", {"rating": 2, "note": "张三说隔天又满了"})
        assert (call["status"], call["rating"]) == ("answered", 2)
        for verb, body in (("attempt", None), ("answer", {"rating": 5}), ("give-up", None)):
            assert await refused(client, call, verb, body) == (409, "satisfaction_call_transition_not_allowed")
        assert "note" not in (await calls(client, rating=2))[0]
        assert await calls(client, rating=1) == []
        whole = await client.get(f"/satisfaction-calls/{call['id']}")
        assert whole.json()["note"] == "张三说隔天又满了"
        assert [one.action for one in door.accesses.entries if one.noun == "grid.satisfaction_call"] == ["read"]
        call = await did(client, call, "take-back")
        assert (call["status"], call["rating"], call["ended_at"]) == ("due", None, None)
        call = await did(client, call, "give-up")
        assert (call["status"], call["rating"]) == ("unreached", None)
        assert await calls(client, rating=5) == []  # silence is at no level
        bare = await client.post(f"/satisfaction-calls/{call['id']}/take-back")
        assert bare.status_code == 428
    told = await facts("grid.satisfaction_call")
    assert [one.type.rpartition(".")[2] for one in told] == [
        *("due", "attempted", "attempted", "taken_back", "answered", "taken_back", "given_up")
    ]
    assert [one.state.version for one in told] == [1, 2, 3, 4, 5, 6, 7]
    assert "张三" not in "".join(one.model_dump_json() for one in told)


async def test_the_milestones_that_a_figure_counts(door: Door, grids: None, unit: str, facts: Facts) -> None:
    """Satisfied of those asked: a call that was given up stands in the state, and without a rating."""
    for _ in range(3):
        await closed(door, unit)
    async with door.client(CLERK) as client:
        good, bad, silent = await calls(client)
        await did(client, good, "answer", {"rating": 5})
        await did(client, bad, "answer", {"rating": 1, "note": "没有处理"})
        await did(client, await did(client, silent, "attempt"), "give-up")
    newest = {one.state.id: one.state for one in await facts("grid.satisfaction_call")}
    states: list[SatisfactionCallState] = list(newest.values())
    assert sorted((one.status, one.rating or 0) for one in states) == [
        ("answered", 1),
        ("answered", 5),
        ("unreached", 0),
    ]
    assert all(one.ended_at is not None and one.closed_at <= one.ended_at for one in states)


@pytest.mark.parametrize("rating", [0, 6, 4.5, "4", None])
async def test_there_are_five_levels(door: Door, grids: None, unit: str, rating: Any) -> None:
    await closed(door, unit)
    async with door.client(CLERK) as client:
        [call] = await calls(client)
        assert await refused(client, call, "answer", {"rating": rating}) == (422, "invalid_request")


async def test_who_calls_and_who_sees_it(door: Door, grids: None, unit: str) -> None:
    await closed(door, unit)
    async with door.client(COUNTY_OFFICER) as client:
        [call] = await calls(client)
        assert await calls(client, area=VILLAGE) == [call]
    for who, seen in ((HEAD, 200), (HANDLER, 200), (STRANGER, 404), (OTHER_CLERK, 404), (WORKER, 403), (RESIDENT, 403)):
        async with door.client(who) as client:
            assert (await client.get(f"/satisfaction-calls/{call['id']}")).status_code == seen, who
            answer = await client.post(f"/satisfaction-calls/{call['id']}/attempt")
            assert answer.status_code == {HEAD: 200, OTHER_CLERK: 404}.get(who, 403), who
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get("/satisfaction-calls", params={"area": VILLAGE})).status_code == 404


async def test_who_handled_it_does_not_ask(door: Door, grids: None, unit: str) -> None:
    both = a_principal("town_officer", "450481100", subject=HANDLER.subject)
    await closed(door, unit)
    async with door.client(both) as client:
        [call] = await calls(client)
        assert await refused(client, call, "answer", {"rating": 5}) == (403, "satisfaction_call_by_handler")


async def test_of_two_who_enter_an_answer_at_once_one_does(door: Door, grids: None, unit: str, facts: Facts) -> None:
    await closed(door, unit)
    async with door.client(CLERK) as one, door.client(HEAD) as two:
        [call] = await calls(one)
        path = f"/satisfaction-calls/{call['id']}/answer"
        answers = await asyncio.gather(*(client.post(path, json={"rating": 5}) for client in (one, two)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await facts("grid.satisfaction_call")) == 2


async def test_a_call_goes_back_with_its_incident_when_a_change_of_areas_is_undone(
    door: Door, grids: None, unit: str, arrivals: Arrivals, facts: Facts, committed: Database
) -> None:
    """What was closed in the new village lies in the old one again; what was closed before stayed there."""
    await closed(door, unit)
    change = a_change((VILLAGE, "450481100298"))
    await arrivals.take(change)
    async with door.client(COUNTY_OFFICER) as client:
        assert [one["area"] for one in await calls(client)] == [FIRST_GRID]
        report = {"source": "resident", "category": "environment", "area": "450481100298001"}
        async with door.client(RESIDENT) as resident:
            made = await resident.post("/incidents", json=report)
            assert made.status_code == 201, made.text
        incident = made.json()["id"]
        begin: tuple[tuple[str, dict[str, Any]], ...] = (("file", {}), ("dispatch", {"unit_id": unit}))
        for step, body in begin:
            assert (await client.post(f"/incidents/{incident}/{step}", json=body)).is_success
        async with door.client(HANDLER) as handler:
            for step, body in (("accept", {}), ("feedback", {"reason": "done"})):
                assert (await handler.post(f"/incidents/{incident}/{step}", json=body)).is_success
        for step, body in (("check", {"passed": True}), ("close", {})):
            assert (await client.post(f"/incidents/{incident}/{step}", json=body)).is_success
        assert sorted(one["area"] for one in await calls(client)) == [FIRST_GRID, "450481100298001"]
        await arrivals.take(undone(change))
        assert [one["area"] for one in await calls(client)] == [FIRST_GRID] * 2
    told = await facts("grid.satisfaction_call")
    assert told[-1].type == "grid.satisfaction_call.boundary_changed"
    newest = {one.state.id: one.state for one in told}
    async with committed.session() as session:
        said = await restate(session, None, 10)
    assert {one.state.id: one.state for one in said} == newest


async def merged_by_clerk(door: Door, one: str, into: str) -> None:
    async with door.client(CLERK) as clerk:
        answer = await clerk.post(f"/incidents/{one}/merge", json={"into": into})
        assert answer.status_code == 200, answer.text


async def reported_of(door: Door, incident: str) -> list[str]:
    async with door.client(CALLER) as client:
        found = (await client.get("/satisfaction-calls")).json()["items"]
    return sorted(one["reported_id"] for one in found if one["incident_id"] == incident)


async def test_each_caller_of_a_hotline_is_called_and_a_resident_once_also_of_duplicates(
    door: Door, grids: None, unit: str
) -> None:
    """Callers of a hotline are told apart by the report alone: its account is one for all of them."""
    main = await closed(door, unit, steps=(), source="hotline_12345")
    other = await closed(door, unit, steps=(), source="hotline_12345")
    mine = [await closed(door, unit, steps=()) for _ in range(2)]
    for one in (other, *mine):
        await merged_by_clerk(door, one, main)
    await go(door, unit, main)
    assert await reported_of(door, main) == sorted([main, other, mine[0]])


async def test_a_duplicate_that_was_parted_is_not_asked_about_while_it_is_open(
    door: Door, grids: None, unit: str
) -> None:
    main, other = [await closed(door, unit, steps=(), source="hotline_12345") for _ in range(2)]
    await merged_by_clerk(door, other, main)
    await go(door, unit, main)
    async with door.client(CLERK) as clerk:
        seen = await clerk.get(f"/incidents/{other}")
        tag, why = {"If-Match": seen.headers["etag"]}, {"reason": "wrong_entry"}
        parted = await clerk.post(f"/incidents/{other}/undo", json=why, headers=tag)
        assert parted.status_code == 200, parted.text
    async with door.client(CALLER) as client:
        calls = {one["reported_id"]: one["id"] for one in (await client.get("/satisfaction-calls")).json()["items"]}
        refused = await client.post(f"/satisfaction-calls/{calls[other]}/answer", json={"rating": 5})
        taken = await client.post(f"/satisfaction-calls/{calls[main]}/answer", json={"rating": 5})
    assert (refused.status_code, taken.status_code) == (409, 200), refused.text + taken.text


async def again(door: Door, unit: str, incident: str) -> None:
    """The incident is taken up again, and goes all its steps once more."""
    async with door.client(CLERK) as clerk:
        answer = await clerk.post(f"/incidents/{incident}/reopen", json={"reason": "came_back"})
        assert answer.status_code == 200, answer.text
    await go(door, unit, incident, STEPS[1:])


async def test_whoever_has_answered_is_asked_again_when_it_was_taken_up_again_and_closed(
    door: Door, grids: None, unit: str, clock: FrozenClock, facts: Facts
) -> None:
    """Else the first answer would stand for what was done afterwards, and a bad one be the last word of the county."""
    incident = await closed(door, unit)
    async with door.client(CLERK) as client:
        [first] = await calls(client)
        first = await did(client, first, "answer", {"rating": 1, "note": "没有修好"})
        clock.advance(days=1)
        await again(door, unit, incident)
        [second] = await calls(client, status="due")
        assert (second["reported_id"], second["rating"], second["attempts"]) == (incident, None, 0)
        assert second["closed_at"] > first["closed_at"]
        assert await refused(client, first, "take-back") == (409, "satisfaction_call_transition_not_allowed")
        await did(client, second, "answer", {"rating": 5})
        assert sorted(one["rating"] for one in await calls(client)) == [1, 5]
        clock.advance(days=1)
        await again(door, unit, incident)
        assert len(await calls(client)) == 3
    told = [one.type.rpartition(".")[2] for one in await facts("grid.satisfaction_call")]
    assert told == ["due", "answered", "due", "answered", "due"]


async def test_who_was_not_reached_yet_is_called_about_the_last_closing_and_once(
    door: Door, grids: None, unit: str, clock: FrozenClock, facts: Facts
) -> None:
    incident = await closed(door, unit)
    async with door.client(CLERK) as client:
        [first] = await calls(client)
        first = await did(client, first, "attempt")
        clock.advance(days=1)
        await again(door, unit, incident)
        [call] = await calls(client)
        assert (call["id"], call["attempts"], call["version"]) == (first["id"], 1, first["version"] + 1)
        assert call["closed_at"] > first["closed_at"]
        call = await did(client, call, "answer", {"rating": 4})
        for verb in ("undo", "close"):  # the closing was entered by mistake, and is entered again
            seen = await client.get(f"/incidents/{incident}")
            tag = {"If-Match": seen.headers["etag"]}
            body = {"reason": "wrong_entry"} if verb == "undo" else {}
            done = await client.post(f"/incidents/{incident}/{verb}", json=body, headers=tag)
            assert done.status_code == 200, done.text
        assert await calls(client) == [call]
    newest = {one.state.id: one.state for one in await facts("grid.satisfaction_call")}
    assert [one.status for one in newest.values()] == ["answered"]


async def test_of_a_round_that_is_taken_back_nobody_is_called_twice(
    door: Door, grids: None, unit: str, clock: FrozenClock
) -> None:
    incident = await closed(door, unit)
    async with door.client(CLERK) as client:
        [first] = await calls(client)
        await did(client, first, "answer", {"rating": 3})
        answer = await client.post(f"/incidents/{incident}/reopen", json={"reason": "came_back"})
        tag = {"If-Match": answer.headers["etag"]}
        undone = await client.post(f"/incidents/{incident}/undo", json={"reason": "wrong_entry"}, headers=tag)
        assert (undone.status_code, undone.json()["status"]) == (200, "closed"), undone.text
        assert [one["rating"] for one in await calls(client)] == [3]


async def test_a_bad_word_is_not_taken_back_by_whom_it_is_about(door: Door, grids: None, unit: str) -> None:
    """Entered by the county's caller: the village would else take it back, and enter a better one."""
    await closed(door, unit)
    async with door.client(CALLER) as caller:
        [call] = await calls(caller)
        call = await did(caller, call, "answer", {"rating": 1, "note": "没有处理"})
        for who in (CLERK, HEAD, TOWN_OFFICER):
            async with door.client(who) as client:
                assert await refused(client, call, "take-back") == (403, "satisfaction_call_of_another"), who
        async with door.client(COUNTY_OFFICER) as other:
            call = await did(other, call, "take-back")
    async with door.client(CLERK) as client:
        call = await did(client, call, "answer", {"rating": 2, "note": "仍有积水"})
        assert (await did(client, call, "take-back"))["rating"] is None  # by whoever entered it
