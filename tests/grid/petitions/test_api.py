"""Petitions: accepted, assigned, answered and reviewed by levels, within the law's days; seen by the office."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.grid.petitions.service.reads import restate
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    HANDLER,
    OTHER_VILLAGE,
    RESIDENT,
    STRANGER,
    TOWN,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
)
from tests.grid.conftest import Facts
from tests.grid.receptions.test_api import planned

OTHER_TOWN_OFFICER = a_principal("town_officer", "450481101")
AUDITOR = a_principal("auditor", "450481")
NAME, PHONE, ADDRESS, CLAIM = "司马植入", "13800001234", "示例路九号", "我家的地被邻居占了"


def a_petition(**what: Any) -> dict[str, Any]:
    return {
        "area": VILLAGE,
        "form": "visit",
        "matter": "land",
        "registered_on": "2026-03-16",
        "name": NAME,
        "phone": PHONE,
        "address": ADDRESS,
        "claim": CLAIM,
        **what,
    }


async def registered(door: Door, **what: Any) -> dict[str, Any]:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/petitions", json=a_petition(**what))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def tried(client: httpx.AsyncClient, one: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    tag = {"If-Match": f'"{one["version"]}"'}
    return await client.post(f"/petitions/{one['id']}/{verb}", json=body, headers=tag)


async def did(client: httpx.AsyncClient, one: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    answer = await tried(client, one, verb, **body)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()
    return after


async def refused(client: httpx.AsyncClient, one: dict[str, Any], verb: str, **body: Any) -> tuple[int, str]:
    answer = await tried(client, one, verb, **body)
    return answer.status_code, answer.json()["code"]


async def shown(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/petitions", params=params)).json()["items"]
    assert (await client.get("/petitions/count", params=params)).json() == {"count": len(found)}
    return found


ANSWER = {"outcome": "rejected", "told_on": "2026-03-16", "note": "请求无据"}
REVIEWED = {"opinion": "upheld", "told_on": "2026-03-16", "note": "予以维持"}


async def test_from_registration_to_the_last_review_within_the_law_s_days(
    door: Door, facts: Facts, clock: FrozenClock, committed: Database
) -> None:
    one = await registered(door)
    assert (one["status"], one["act_by"], one["office"]) == ("registered", "2026-03-31", TOWN)
    async with door.client(TOWN_OFFICER) as town, door.client(COUNTY_OFFICER) as county, door.client(HANDLER) as unit:
        one = await did(town, one, "accept", note="材料齐全")
        assert (one["accepted_on"], one["answer_by"]) == ("2026-03-16", "2026-05-15")
        one = await did(town, one, "assign", department="urban_management")
        assert one["act_by"] == "2026-05-15"
        one = await did(town, one, "extend", until="2026-06-14", note="须实地勘测")
        assert (one["act_by"], one["extended"]) == ("2026-06-14", True)
        assert await refused(town, one, "extend", until="2026-06-20", note="再延") == (409, "petition_extended_already")
        one = await did(unit, one, "answer", **ANSWER)
        assert (one["status"], one["act_by"]) == ("answered", "2026-04-15")
        clock.advance(days=30)
        one = await did(town, one, "ask-review", asked_on="2026-04-15")
        assert (one["status"], one["act_by"]) == ("under_review", "2026-05-15")
        assert await refused(town, one, "review", **{**REVIEWED, "told_on": "2026-04-15"}) == (403, "forbidden")
        one = await did(county, one, "review", **{**REVIEWED, "told_on": "2026-04-15"})
        assert (one["status"], one["act_by"], one["reviewed_on"]) == ("reviewed", "2026-05-15", "2026-04-15")
        one = await did(town, one, "ask-final-review", asked_on="2026-04-15")
        one = await did(county, one, "review-finally", opinion="changed", told_on="2026-04-15", note="予以变更")
        assert (one["status"], one["final_result"], one["act_by"]) == ("finally_reviewed", "changed", None)
        assert await refused(town, one, "withdraw", reason="by_petitioner") == (409, "petition_transition_not_allowed")
        steps = (await county.get(f"/petitions/{one['id']}")).json()["steps"]
    assert [line["step"] for line in steps] == [
        *("register", "accept", "assign", "extend", "answer"),
        *("ask_review", "review", "ask_final_review", "final_review"),
    ]
    assert [line["note"] for line in steps][1:5] == ["材料齐全", None, "须实地勘测", "请求无据"]
    told = await facts("grid.petition")
    assert [fact.type.rpartition(".")[2] for fact in told] == [
        *("registered", "accepted", "assigned", "extended", "answered"),
        *("review_asked", "reviewed", "final_review_asked", "finally_reviewed"),
    ]
    assert [fact.state.version for fact in told] == list(range(1, 10))
    said = "".join(fact.model_dump_json() for fact in told)
    for secret in (NAME, PHONE, ADDRESS, CLAIM, "勘测", TOWN_OFFICER.subject):
        assert secret not in said
    async with committed.session() as session:
        [again] = await restate(session, None, 10)
        rows = (await session.execute(text("SELECT to_jsonb(one)::text FROM petitions AS one"))).scalars().all()
        kept = (await session.execute(text("SELECT to_jsonb(one)::text FROM petition_versions AS one"))).scalars().all()
    assert again.state == told[-1].state
    assert not any(secret in row for secret in (NAME, PHONE, ADDRESS, CLAIM, "勘测") for row in (*rows, *kept))


async def test_what_a_review_revokes_is_answered_anew_with_a_limit_of_its_own(door: Door, clock: FrozenClock) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town, door.client(COUNTY_OFFICER) as county:
        one = await did(town, one, "accept")
        one = await did(town, one, "extend", until="2026-06-01", note="须实地勘测")
        one = await did(town, one, "answer", **ANSWER)
        one = await did(town, one, "ask-review", asked_on="2026-03-16")
        clock.advance(days=10)
        one = await did(county, one, "review", opinion="revoked", told_on="2026-03-20", note="事实不清")
        assert (one["status"], one["answer_by"], one["reopenings"]) == ("accepted", "2026-05-25", 1)
        assert (one["outcome"], one["review_asked_on"], one["extended"]) == (None, None, False)
        one = await did(town, one, "answer", outcome="supported", told_on="2026-03-26", note="予以支持")
        assert one["status"] == "answered"


async def test_who_answered_does_not_review(door: Door) -> None:
    one = await registered(door, office_digits=6)
    async with door.client(COUNTY_OFFICER) as county:
        one = await did(county, one, "accept")
        one = await did(county, one, "answer", **ANSWER)
        one = await did(county, one, "ask-review", asked_on="2026-03-16")
        assert await refused(county, one, "review", **REVIEWED) == (403, "petition_review_by_answerer")
    async with door.client(a_principal("county_officer", "450481", subject="another")) as other:
        assert (await did(other, one, "review", **REVIEWED))["status"] == "reviewed"


@pytest.mark.parametrize("opinion", ["upheld", "revoked"])
async def test_who_answered_takes_no_review_back(door: Door, opinion: str) -> None:
    one = await registered(door, office_digits=6)
    another = a_principal("county_officer", "450481", subject="another")
    async with door.client(COUNTY_OFFICER) as county, door.client(another) as other:
        one = await did(county, one, "accept")
        one = await did(county, one, "answer", **ANSWER)
        one = await did(county, one, "ask-review", asked_on="2026-03-16")
        one = await did(other, one, "review", **{**REVIEWED, "opinion": opinion})
        assert await refused(county, one, "undo") == (403, "petition_review_by_answerer")
        assert (await did(other, one, "undo"))["status"] == "under_review"


async def test_steps_are_undone_one_by_one_and_registering_is_withdrawn(door: Door, facts: Facts) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town, door.client(COUNTY_OFFICER) as county:
        one = await did(town, one, "accept")
        one = await did(town, one, "assign", department="water")
        one = await did(town, one, "answer", **ANSWER)
        before = {**one}
        one = await did(town, one, "ask-review", asked_on="2026-03-16")
        one = await did(county, one, "review", **REVIEWED)
        assert await refused(town, one, "undo") == (403, "forbidden")
        one = await did(county, one, "undo", note="点错")
        assert one["status"] == "under_review"
        one = await did(town, one, "undo")
        assert {**one, "version": 0} == {**before, "version": 0}
        one = await did(town, one, "undo")
        assert (one["status"], one["outcome"], one["department"]) == ("assigned", None, "water")
        one = await did(town, one, "undo")
        one = await did(town, one, "undo")
        assert (one["status"], one["answer_by"], one["department"]) == ("registered", None, None)
        assert await refused(town, one, "undo") == (409, "petition_nothing_to_undo")
        bare = await town.post(f"/petitions/{one['id']}/undo", json={})
        assert bare.status_code == 428
        one = await did(town, one, "accept")
        one = await did(town, one, "undo")
        one = await did(town, one, "withdraw", reason="entered_in_error")
        assert (one["status"], one["act_by"]) == ("withdrawn", None)
        assert (await did(town, one, "undo"))["status"] == "registered"
    assert {fact.type for fact in await facts("grid.petition") if "undone" in fact.type} == {"grid.petition.undone"}


@pytest.mark.parametrize("verb", ["refuse", "refer"])
async def test_what_is_not_accepted_says_why(door: Door, verb: str) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town:
        assert await refused(town, one, verb, reason="other") == (422, "reason_required")
        one = await did(town, one, verb, reason="in_court", note="请向人民法院起诉")
        assert one["status"] == {"refuse": "refused", "refer": "referred"}[verb]
        assert one["act_by"] is None


async def test_days_and_departments_that_cannot_be(door: Door, clock: FrozenClock) -> None:
    one = await registered(door)
    async with door.client(COUNTY_OFFICER) as county:
        for body, code in (
            ({"registered_on": "2026-03-17"}, "petition_date_wrong"),
            ({"registered_on": "2024-12-31"}, "petition_date_wrong"),
            ({"area": VILLAGE + "001"}, "petition_level_wrong"),
            ({"form": "reception"}, "petition_reception_wrong"),
            ({"phone": "hello"}, "invalid_request"),
            ({"name": "?"}, "invalid_request"),
            ({"people": 0}, "invalid_request"),
            ({"office_digits": 12}, "invalid_request"),
        ):
            answer = await county.post("/petitions", json=a_petition(**body))
            assert (answer.status_code, answer.json()["code"]) == (422, code), body
            assert CLAIM not in answer.text
        one = await did(county, one, "accept")
        assert await refused(county, one, "assign", department="unheard_of") == (422, "code_unlisted")
        assert await refused(county, one, "extend", until="2026-06-20", note="须勘测") == (
            422,
            "petition_extension_wrong",
        )
        assert await refused(county, one, "answer", **{**ANSWER, "told_on": "2026-03-15"}) == (
            422,
            "petition_date_wrong",
        )
        clock.advance(days=61)
        assert await refused(county, one, "extend", until="2026-05-20", note="须勘测") == (409, "petition_too_late")
        one = await did(county, one, "answer", outcome="explained", told_on="2026-05-16", note="已解释")
        clock.advance(days=31)
        assert await refused(county, one, "ask-review", asked_on="2026-06-16") == (409, "petition_too_late")
        assert (await did(county, one, "ask-review", asked_on="2026-06-15"))["status"] == "under_review"


async def test_a_list_of_those_whose_office_is_late(door: Door, clock: FrozenClock) -> None:
    new, taken, told = [await registered(door) for _ in range(3)]
    async with door.client(TOWN_OFFICER) as town:
        taken = await did(town, taken, "accept")
        told = await did(town, await did(town, told, "accept"), "answer", **ANSWER)

        async def late() -> set[str]:
            found = {one["id"] for one in await shown(town, overdue=True)}
            rest = {one["id"] for one in await shown(town, overdue=False)}
            assert found | rest == {new["id"], taken["id"], told["id"]}
            assert not found & rest
            return found

        assert await late() == set()
        clock.advance(days=15)
        assert await late() == set()
        clock.advance(days=1)
        assert await late() == {new["id"]}
        await did(town, told, "ask-review", asked_on="2026-04-01")
        clock.advance(days=31)
        assert await late() == {new["id"], told["id"]}
        clock.advance(days=14)
        assert await late() == {new["id"], told["id"], taken["id"]}


async def test_who_petitions_is_masked_and_read_in_full_for_a_purpose_on_record(door: Door) -> None:
    one = await registered(door)
    path = f"/petitions/{one['id']}"
    async with door.client(TOWN_OFFICER) as town:
        masked = (await town.get(path)).json()
        assert (masked["name"], masked["phone"], masked["address"]) == ("司**入", "138****1234", "****")
        assert masked["claim"] == CLAIM
        nameless = await town.get(path, params={"view": "full"})
        assert (nameless.status_code, nameless.json()["code"]) == (422, "purpose_required")
        full = (await town.get(path, params={"view": "full", "purpose": "incident"})).json()
        assert (full["name"], full["phone"], full["address"]) == (NAME, PHONE, ADDRESS)
        assert NAME not in (await town.get("/petitions")).text
    async with door.client(AUDITOR) as auditor:
        assert (await auditor.get(path)).status_code == 200
        assert (await auditor.get(path, params={"view": "full", "purpose": "incident"})).status_code == 403
    noted = [(entry.action, entry.object_id) for entry in door.accesses.entries if entry.noun == "grid.petition"]
    assert noted == [("read", one["id"]), ("read_full", one["id"]), ("read", one["id"])]


async def test_a_petition_is_seen_by_the_office_that_has_it_and_by_no_village(door: Door) -> None:
    """What the county answers may be about the town's own people."""
    mine, above = await registered(door), await registered(door, office_digits=6)
    for who, seen, decided in (
        (COUNTY_OFFICER, (200, 200), (200, 200)),
        (TOWN_OFFICER, (200, 404), (409, 404)),
        (OTHER_TOWN_OFFICER, (404, 404), (404, 404)),
        (HANDLER, (404, 404), (404, 404)),
        (CLERK, (403, 403), (403, 403)),
        (WORKER, (403, 403), (403, 403)),
        (RESIDENT, (403, 403), (403, 403)),
    ):
        async with door.client(who) as client:
            answers = [(await client.get(f"/petitions/{one['id']}")).status_code for one in (mine, above)]
            assert tuple(answers) == seen, who
            steps = [
                (await client.post(f"/petitions/{one['id']}/accept", json={})).status_code for one in (mine, above)
            ]
            assert tuple(steps) == decided, who
            if seen[0] != 403:
                assert len(await shown(client)) == seen.count(200), who
    async with door.client(TOWN_OFFICER) as town:
        assert [one["id"] for one in await shown(town, area=VILLAGE)] == [mine["id"]]
        assert await shown(town, area=OTHER_VILLAGE) == []
        assert (await town.get("/petitions", params={"area": "450481101"})).status_code == 404
        outside = await town.post("/petitions", json=a_petition(office_digits=6))
        assert outside.status_code == 404


async def test_a_department_sees_and_answers_what_was_assigned_to_it_and_does_no_more(door: Door) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town, door.client(HANDLER) as unit, door.client(STRANGER) as stranger:
        one = await did(town, await did(town, one, "accept"), "assign", department="urban_management")
        assert [each["id"] for each in await shown(unit)] == [one["id"]]
        assert await shown(stranger) == []
        assert await refused(unit, one, "assign", department="water") == (403, "forbidden")
        assert await refused(stranger, one, "answer", **ANSWER) == (404, "not_found")
        assert (await did(unit, one, "answer", **ANSWER))["status"] == "answered"


async def test_of_two_who_accept_at_once_one_does(door: Door, facts: Facts) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town, door.client(COUNTY_OFFICER) as county:
        answers = await asyncio.gather(
            *(client.post(f"/petitions/{one['id']}/accept", json={}) for client in (town, county))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await facts("grid.petition")) == 2


async def test_what_is_brought_at_a_reception_names_it(door: Door) -> None:
    here = await planned(door, received_on="2026-03-16")
    elsewhere = await planned(door, received_on="2026-03-16", area="450481101")
    later = await planned(door, received_on="2026-03-18")
    async with door.client(TOWN_OFFICER) as town:
        await town.post(f"/receptions/{later['id']}/cancel")
        for which in (elsewhere, later, {"id": "0197d0c0-b801-7d02-8e03-0f04a05b0c61"}):
            body = a_petition(form="reception", reception_id=which["id"])
            answer = await town.post("/petitions", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "petition_reception_wrong")
        wrong = await town.post("/petitions", json=a_petition(reception_id=here["id"]))
        assert wrong.json()["code"] == "petition_reception_wrong"
        one = await registered(door, form="reception", reception_id=here["id"])
        await registered(door)
        assert [each["id"] for each in await shown(town, reception_id=here["id"])] == [one["id"]]


async def test_an_open_petition_goes_along_with_its_village_and_back(
    door: Door, villages: None, arrivals: Arrivals, facts: Facts
) -> None:
    one = await registered(door)
    async with door.client(TOWN_OFFICER) as town:
        one = await did(town, one, "accept")
        change = a_change((VILLAGE, "450481100298"))
        await arrivals.take(change)
        [moved] = await shown(town)
        assert (moved["area"], moved["version"]) == ("450481100298", 3)
        assert (await did(town, moved, "undo"))["status"] == "registered"
        await arrivals.take(undone(change))
        [back] = await shown(town)
        assert (back["area"], back["status"]) == (VILLAGE, "registered")
        assert await refused(town, back, "undo") == (409, "petition_nothing_to_undo")
    told = [fact.type.rpartition(".")[2] for fact in await facts("grid.petition")]
    assert told == ["registered", "accepted", "boundary_changed", "undone", "boundary_changed"]
