"""Public reports: anybody reports and follows by a code; nothing counts until an office files it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.grid.public_reports.service.deciding import restate
from services.indicators.contributions.domain.incidents import incidents as counted
from shared.contracts.grid.incidents import IncidentState
from shared.contracts.points import Point
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HEAD,
    OTHER_CLERK,
    OTHER_VILLAGE,
    RESIDENT,
    SECOND_GRID,
    STRANGER,
    VILLAGE,
    WORKER,
    an_incident,
)
from tests.grid.conftest import Facts
from tests.grid.satisfaction_calls.calling import STEPS, go

HERE = Point(longitude=111.005, latitude=22.905)
WORDS, PHONE = "李四家门口的垃圾", "13800001234"


def a_report(**what: Any) -> dict[str, Any]:
    return {"category": "environment", "point": HERE.model_dump(), "description": WORDS, "phone": PHONE, **what}


async def reported(door: Door, **what: Any) -> dict[str, Any]:
    async with door.client(None) as anybody:
        answer = await anybody.post("/public-reports", json=a_report(**what))
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def followed(door: Door, code: str, verb: str = "progress") -> httpx.Response:
    async with door.client(None) as anybody:
        return await anybody.post(f"/public-reports/{verb}", json={"progress_code": code})


async def shown(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/public-reports", params=params)).json()["items"]
    assert (await client.get("/public-reports/count", params=params)).json() == {"count": len(found)}
    return found


async def did(client: httpx.AsyncClient, report: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    tag = {"If-Match": f'"{report["version"]}"'}
    return await client.post(f"/public-reports/{report['id']}/{verb}", json=body or None, headers=tag)


async def test_what_anybody_reports_is_held_and_makes_no_incident(door: Door, grids: None, facts: Facts) -> None:
    receipt = await reported(door)
    assert receipt["similar"] == 0
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        assert (report["area"], report["status"], report["incident_id"]) == (FIRST_GRID, "held", None)
        assert (await clerk.get("/incidents/count")).json()["count"] == 0
        whole = (await clerk.get(f"/public-reports/{report['id']}")).json()
    assert (whole["description"], whole["phone"]) == (WORDS, "138****1234")
    assert [one.action for one in door.accesses.entries if one.noun == "grid.public_report"] == ["read"]
    [told] = await facts("grid.public_report")
    assert told.type == "grid.public_report.received"
    for secret in (WORDS, PHONE, receipt["progress_code"], "111.005"):
        assert secret not in told.model_dump_json()


async def test_the_code_is_kept_nowhere_and_reads_however_it_is_typed(
    door: Door, grids: None, committed: Database
) -> None:
    code = (await reported(door))["progress_code"]
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        answer = await followed(door, typed)
        assert answer.status_code == 200, typed
        assert answer.json()["status"] == "held"
    plain = code.replace("-", "")
    async with committed.session() as session:
        rows = (await session.execute(text("SELECT to_jsonb(one)::text FROM public_reports AS one"))).scalars().all()
    assert len(rows) == 1
    for secret in (plain, plain.encode().hex(), WORDS, PHONE, "127.0.0.1"):
        assert secret not in rows[0]


@pytest.mark.parametrize("verb", ["progress", "withdraw"])
async def test_a_code_that_nobody_was_given_says_nothing(door: Door, grids: None, verb: str) -> None:
    code = (await reported(door))["progress_code"]
    wrong = [await followed(door, one, verb) for one in (code[:-1] + ("2" if code[-1] != "2" else "3"), "1", "🙂" * 20)]
    assert {(one.status_code, one.json()["code"]) for one in wrong} == {(404, "not_found")}


async def test_filing_makes_an_incident_as_of_its_report_whose_progress_is_followed(
    door: Door, grids: None, unit: str, facts: Facts, clock: FrozenClock
) -> None:
    code = (await reported(door))["progress_code"]
    then = clock.now()
    clock.advance(hours=3)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        filed = await did(clerk, report, "file", severity="serious", reason="verified")
        assert filed.status_code == 200, filed.text
        incident = filed.json()["incident_id"]
        detail = (await clerk.get(f"/incidents/{incident}")).json()
        called = (await clerk.get(f"/incidents/{incident}", params={"view": "full", "purpose": "incident"})).json()
    assert (detail["incident"]["source"], detail["incident"]["status"]) == ("public", "filed")
    assert detail["description"] == WORDS
    assert (called["request"]["caller_phone"], called["request"]["caller_name"]) == (PHONE, None)
    states = [one.state for one in await facts("grid.incident")]
    assert [one.reported_at for one in states] == [then, then]
    progress = (await followed(door, code)).json()
    assert (progress["status"], progress["incident_status"]) == ("filed", "filed")
    await go(door, unit, incident, STEPS[1:])
    assert (await followed(door, code)).json()["incident_status"] == "closed"
    async with door.client(HEAD) as head:
        again = await did(head, filed.json(), "take-up-again")
        assert (again.status_code, again.json()["code"]) == (409, "public_report_transition_not_allowed")
        calls = (await head.get("/satisfaction-calls")).json()["items"]
    assert [one["source"] for one in calls] == ["public"], "whoever reported is called back"


async def test_nothing_counts_before_it_is_filed_nor_when_the_filing_is_undone(
    door: Door, grids: None, facts: Facts
) -> None:
    await reported(door)
    assert await facts("grid.incident") == []
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        incident = (await did(clerk, report, "file", severity="normal")).json()["incident_id"]
        newest: IncidentState = (await facts("grid.incident"))[-1].state
        assert {one.measure for one in counted(newest)} >= {"INC-REPORTED", "INC-FILED"}
        tag = {"If-Match": (await clerk.get(f"/incidents/{incident}")).headers["etag"]}
        undo = await clerk.post(f"/incidents/{incident}/undo", json={"reason": "wrong_entry"}, headers=tag)
        assert undo.status_code == 200, undo.text
    newest = (await facts("grid.incident"))[-1].state
    assert newest.status == "reported"
    assert list(counted(newest)) == []


async def test_what_is_known_already_is_suggested_and_joined_and_taken_apart_again(
    door: Door, grids: None, facts: Facts
) -> None:
    async with door.client(CLERK) as clerk:
        incident = (await clerk.post("/incidents", json=an_incident())).json()["id"]
        far = {"longitude": 111.0095, "latitude": 22.9095}
        elsewhere = (await clerk.post("/incidents", json=an_incident(point=far))).json()["id"]
        receipt = await reported(door)
        assert receipt["similar"] == 1
        [report] = await shown(clerk)
        near = (await clerk.get(f"/public-reports/{report['id']}/similar")).json()["items"]
        assert [(one["incident"]["id"], one["metres"]) for one in near] == [(incident, 0)]
        joined = await did(clerk, report, "join", incident_id=incident)
        assert joined.status_code == 200, joined.text
        assert (await followed(door, receipt["progress_code"])).json()["incident_status"] == "reported"
        assert (await clerk.get("/incidents/count")).json()["count"] == 2
        bare = await clerk.post(f"/public-reports/{report['id']}/take-up-again")
        assert bare.status_code == 428
        again = await did(clerk, joined.json(), "take-up-again")
        assert (again.json()["status"], again.json()["incident_id"]) == ("held", None)
        await clerk.post(f"/incidents/{elsewhere}/reject", json={"reason": "nothing_there"})
        wrong = await did(clerk, again.json(), "join", incident_id=elsewhere)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "public_report_join_wrong")
    told = [one.type.rpartition(".")[2] for one in await facts("grid.public_report")]
    assert told == ["received", "joined", "taken_up_again"]


async def test_a_merged_incident_shows_its_reporter_the_one_that_goes_on(door: Door, grids: None) -> None:
    code = (await reported(door))["progress_code"]
    async with door.client(CLERK) as clerk:
        main = (await clerk.post("/incidents", json=an_incident())).json()["id"]
        [report] = await shown(clerk)
        incident = (await did(clerk, report, "file", severity="normal")).json()["incident_id"]
        merged = await clerk.post(f"/incidents/{incident}/merge", json={"into": main})
        assert merged.status_code == 200, merged.text
    assert (await followed(door, code)).json()["incident_status"] == "reported"


async def test_what_is_not_taken_up_says_why_and_shows_no_note(door: Door, grids: None, facts: Facts) -> None:
    code = (await reported(door))["progress_code"]
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        silent = await did(clerk, report, "dismiss", reason="other")
        assert (silent.status_code, silent.json()["errors"][0]["path"]) == (422, "note")
        dismissed = await did(clerk, report, "dismiss", reason="other", note="王五说不是他家的")
        assert dismissed.status_code == 200, dismissed.text
        assert (await clerk.get(f"/public-reports/{report['id']}")).json()["note"] == "王五说不是他家的"
    answer = await followed(door, code)
    assert (answer.json()["status"], answer.json()["reason"]) == ("dismissed", "other")
    assert "王五" not in answer.text
    assert "王五" not in "".join(one.model_dump_json() for one in await facts())


async def test_whoever_reported_takes_it_back_and_their_words_are_gone(
    door: Door, grids: None, committed: Database
) -> None:
    code = (await reported(door))["progress_code"]
    assert (await followed(door, code, "withdraw")).json()["status"] == "withdrawn"
    again = await followed(door, code, "withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "public_report_transition_not_allowed")
    async with committed.session() as session:
        left = (await session.execute(text("SELECT description, phone FROM public_reports"))).one()
    assert tuple(left) == (None, None)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        refused = await did(clerk, report, "file", severity="normal")
        assert (refused.status_code, refused.json()["code"]) == (409, "public_report_transition_not_allowed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"category": "unheard_of"}, "incident_category_unknown"),
        ({"point": {"longitude": 10.0, "latitude": 10.0}}, "incident_not_located"),
        ({"area": OTHER_VILLAGE}, "incident_point_outside_area"),
        ({"point": None}, "invalid_request"),
        ({"phone": "hello"}, "invalid_request"),
        ({"description": ""}, "invalid_request"),
        ({"category": "45048119900307019X"}, "invalid_request"),
    ],
)
async def test_bad_input_leaves_nothing_and_repeats_nothing(
    door: Door, grids: None, body: dict[str, Any], code: str
) -> None:
    async with door.client(None) as anybody:
        refused = await anybody.post("/public-reports", json=a_report(**body))
    assert refused.status_code == 422, refused.text
    assert refused.json()["code"] == code
    assert WORDS not in refused.text
    async with door.client(COUNTY_OFFICER) as officer:
        assert await shown(officer) == []


async def test_who_sees_and_who_decides(door: Door, grids: None) -> None:
    await reported(door)
    async with door.client(COUNTY_OFFICER) as officer:
        [report] = await shown(officer)
    for who, seen, decided in (
        (HEAD, 200, 200),
        (OTHER_CLERK, 404, 404),
        (WORKER, 403, 403),
        (RESIDENT, 403, 403),
        (STRANGER, 403, 403),
        (None, 401, 401),
    ):
        async with door.client(who) as client:
            assert (await client.get(f"/public-reports/{report['id']}")).status_code == seen, who
            body = {"reason": "nothing_there"}
            answer = await client.post(f"/public-reports/{report['id']}/dismiss", json=body)
            assert answer.status_code == decided, who
    async with door.client(OTHER_CLERK) as client:
        assert await shown(client) == []
        assert (await client.get("/public-reports", params={"area": VILLAGE})).status_code == 404


async def test_of_two_who_decide_at_once_one_does_and_one_incident_is_made(door: Door, grids: None) -> None:
    await reported(door)
    async with door.client(CLERK) as one, door.client(HEAD) as two:
        [report] = await shown(one)
        path = f"/public-reports/{report['id']}/file"
        answers = await asyncio.gather(*(client.post(path, json={}) for client in (one, two)))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert (await one.get("/incidents/count")).json()["count"] == 1


async def test_a_held_report_goes_along_with_its_village_and_back(
    door: Door, grids: None, arrivals: Arrivals, facts: Facts, committed: Database
) -> None:
    await reported(door)
    change = a_change((VILLAGE, "450481100298"))
    await arrivals.take(change)
    async with door.client(COUNTY_OFFICER) as officer:
        assert [one["area"] for one in await shown(officer)] == ["450481100298001"]
        await arrivals.take(undone(change))
        [report] = await shown(officer)
        assert report["area"] == FIRST_GRID
        assert (await did(officer, report, "file", severity="normal")).status_code == 200
    told = await facts("grid.public_report")
    assert [one.type.rpartition(".")[2] for one in told] == [
        *("received", "boundary_changed", "boundary_changed", "filed")
    ]
    async with committed.session() as session:
        [said] = await restate(session, None, 10)
    assert said.state == told[-1].state


async def test_a_report_without_a_point_whose_grid_is_closed_is_filed_in_its_village(door: Door, grids: None) -> None:
    await reported(door, point=None, area=SECOND_GRID)
    async with door.client(COUNTY_OFFICER) as officer:
        body = {"closed_on": "2026-03-16", "successors": []}
        closed = await officer.post(f"/grids/{SECOND_GRID}/close", json=body, headers={"If-Match": '"1"'})
        assert closed.status_code == 200, closed.text
        [report] = await shown(officer)
        filed = await did(officer, report, "file", severity="normal")
        assert filed.status_code == 200, filed.text
        incident = (await officer.get(f"/incidents/{filed.json()['incident_id']}")).json()["incident"]
    assert incident["area"] == VILLAGE


async def test_one_client_reports_so_often_a_day_and_a_village_so_often_an_hour(
    door: Door, grids: None, clock: FrozenClock
) -> None:
    async def status(**what: Any) -> tuple[int, str | None]:
        clock.advance(minutes=2)  # the bucket of a minute is not what is tried here
        async with door.client(None) as anybody:
            answer = await anybody.post("/public-reports", json=a_report(**what))
        return answer.status_code, answer.json().get("code")

    policy = door.app.state.public_report_policy
    door.app.state.public_report_policy = type(policy)(client_per_day=3, village_per_hour=100)
    assert [(await status())[0] for _ in range(3)] == [201] * 3
    assert await status() == (429, "public_report_too_many")
    assert await status(point=None, area=OTHER_VILLAGE) == (429, "public_report_too_many")
    clock.advance(days=1)
    assert (await status())[0] == 201
    door.app.state.public_report_policy = type(policy)(client_per_day=100, village_per_hour=2)
    assert (await status())[0] == 201
    assert await status() == (429, "public_report_too_many")
    assert (await status(point=None, area=OTHER_VILLAGE))[0] == 201
    clock.advance(hours=2)
    assert (await status())[0] == 201


async def test_of_many_at_once_no_more_than_the_limit_are_taken(door: Door, grids: None) -> None:
    policy = door.app.state.public_report_policy
    door.app.state.public_report_policy = type(policy)(client_per_day=2, village_per_hour=100)
    async with door.client(None) as anybody:
        answers = await asyncio.gather(*(anybody.post("/public-reports", json=a_report()) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 201, 429, 429]
    assert all(
        int(one.headers["retry-after"]) <= timedelta(days=1).total_seconds() for one in answers[2:] if one.is_error
    )


async def test_codes_are_not_tried_out(door: Door, grids: None) -> None:
    statuses = [(await followed(door, f"{number:016}")).status_code for number in range(25)]
    assert statuses[:20] == [404] * 20
    assert set(statuses[20:]) == {429}


async def test_one_connection_is_one_client_whatever_address_of_it_asks(door: Door, grids: None) -> None:
    policy = door.app.state.public_report_policy
    door.app.state.public_report_policy = type(policy)(client_per_day=2, village_per_hour=100)

    async def status(host: str) -> int:
        transport = httpx.ASGITransport(app=door.app, client=(host, 40_000))
        base = f"http://test/{door.kit.spec.path}/v1"
        async with httpx.AsyncClient(transport=transport, base_url=base) as anybody:
            return (await anybody.post("/public-reports", json=a_report())).status_code

    assert [await status(f"2001:db8::{number:x}") for number in (1, 2, 3)] == [201, 201, 429]
    assert await status("2001:db8:0:1::1") == 201, "another household"
