"""Erasing runs in grid: due by the rules of the day, ordered by a second person, nothing open erased, rows stay."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.ids import new_id
from shared.retentions.runs import RunDecided, RunStatus, require_transition
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, RESIDENT, TOWN, TOWN_OFFICER, VILLAGE, WORKER
from tests.grid.conftest import Facts
from tests.grid.grid_erasures.erasing import (
    ASKER,
    DECIDER,
    a_call,
    a_petition,
    a_report,
    ask,
    dismissed,
    does,
    due,
    filed,
    kept,
    outcomes,
)
from tests.grid.petitions.test_api import CLAIM, NAME, refused
from tests.grid.satisfaction_calls.calling import STEPS, go


def years_on(clock: FrozenClock, years: int, *, less: int = 0) -> None:
    """The same day so many years later, or some days before it."""
    now = clock.now()
    clock.set(now.replace(year=now.year + years, day=now.day - less))


PETITIONS = [
    ((), None, 30),
    (("accept",), None, 30),
    (("refuse",), "petition_refused", 5),
    (("refer",), "petition_refused", 5),
    (("withdraw",), "petition_withdrawn", 2),
    (("accept", "withdraw"), "petition_withdrawn", 2),
]


@pytest.mark.parametrize(("verbs", "kind", "years"), PETITIONS)
async def test_the_years_of_a_petition_run_by_how_it_ended(
    door: Door, villages: None, clock: FrozenClock, verbs: tuple[str, ...], kind: str | None, years: int
) -> None:
    one = await a_petition(door, *verbs)
    years_on(clock, years, less=1)
    assert await due(door) == {}
    clock.advance(days=1)
    assert await due(door) == ({} if kind is None else {one["id"]: (kind, None)})
    if kind is not None:
        assert await due(door, kind=kind) == {one["id"]: (kind, None)}
        assert await due(door, kind="call_ended") == {}


async def test_an_answered_petition_ends_with_the_days_in_which_a_review_may_be_asked_for(
    door: Door, villages: None, clock: FrozenClock
) -> None:
    one = await a_petition(door, "accept", "answer")
    assert one["act_by"] == "2026-04-15"
    now = clock.now()
    assert (await ask(door, holder=one["id"])).json()["code"] == "erasure_run_nothing_due"
    clock.set(now.replace(month=4, day=15))
    assert (await ask(door, holder=one["id"])).json()["code"] == "erasure_run_nothing_due", "the last day to ask"
    clock.set(now.replace(month=4, day=16))
    assert (await ask(door, holder=one["id"])).status_code == 201
    clock.set(now.replace(year=2036, month=4, day=14))
    assert await due(door) == {}
    clock.set(now.replace(year=2036, month=4, day=15))
    assert await due(door) == {one["id"]: ("petition_answered", None)}


async def test_a_report_is_due_by_its_own_end_and_held_while_its_incident_goes_on(
    door: Door, grids: None, unit: str, clock: FrozenClock
) -> None:
    no = await dismissed(door)
    report, _, incident = await filed(door)
    await a_report(door)  # held: never due
    years_on(clock, 2)
    assert await due(door) == {
        no: ("report_dismissed", None),
        report: ("report_taken", "incident_open"),
    }
    run = (await ask(door)).json()
    assert run["outcomes"] == {"waiting": 1}, "what is open is not taken"
    await go(door, unit, incident, STEPS[1:])
    years_on(clock, 2)
    assert (await due(door))[report] == ("report_taken", None)


async def test_calls_and_incidents_are_due_after_their_end_and_held_by_what_is_open(
    door: Door, grids: None, unit: str, clock: FrozenClock
) -> None:
    call, incident = await a_call(door, unit)
    years_on(clock, 1)
    assert await due(door) == {call: ("call_ended", None)}
    async with door.client(CLERK) as clerk:
        again = await clerk.post(f"/incidents/{incident}/reopen", json={"reason": "came_back"})
        assert again.status_code == 200, again.text
    assert await due(door) == {call: ("call_ended", "incident_open")}
    assert (await ask(door)).json()["code"] == "erasure_run_nothing_due"
    assert (await ask(door, holder=incident)).json()["code"] == "erasure_run_nothing_due", "it goes on"


async def test_a_run_by_two_erases_words_and_contacts_and_rows_stay(
    door: Door, grids: None, unit: str, clock: FrozenClock, committed: Database, facts: Facts
) -> None:
    report = await dismissed(door)
    petition = (await a_petition(door, "refuse"))["id"]
    call, incident = await a_call(door, unit)
    whole = {one: await kept(committed, one) for one in (report, petition, call, incident)}
    assert whole[report] == {"public_reports.description", "public_reports.phone", "public_reports.note"}
    assert {"petitions.name", "petitions.claim", "petition_versions.note"} <= whole[petition]
    assert whole[call] == {"satisfaction_calls.note"}
    assert whole[incident], "an incident says something"
    told = len(await facts())
    years_on(clock, 5)
    run = (await ask(door)).json()
    assert (run["status"], run["ground"], run["outcomes"]) == ("requested", "term_over", {"waiting": 4})
    assert {one: await kept(committed, one) for one in whole} == whole, "asking erases nothing"
    done = (await does(door, run, "order")).json()
    assert (done["status"], done["decided_by"], done["outcomes"]) == ("done", "decider", {"erased": 4})
    assert [await kept(committed, one) for one in whole] == [set()] * 4
    assert await outcomes(door, run) == dict.fromkeys(whole, "erased")
    assert await due(door) == {}
    assert len(await facts()) == told, "nothing that is announced has changed"
    async with door.client(TOWN_OFFICER) as town:
        shown = (await town.get(f"/petitions/{petition}")).json()
        assert (shown["name"], shown["phone"], shown["address"], shown["claim"]) == (None, None, None, None)
        assert [line["step"] for line in shown["steps"]] == ["register", "refuse"]
        assert (await town.get(f"/public-reports/{report}")).json()["description"] is None
        assert (await town.get(f"/incidents/{incident}")).status_code == 200
        assert (await town.get("/petitions/count")).json() == {"count": 1}
        assert await refused(town, shown["petition"], "undo") == (409, "petition_erased")
    for verb in ("order", "refuse", "withdraw"):
        body: dict[str, Any] = {"reason": "dispute"} if verb == "refuse" else {}
        assert (await does(door, run, verb, **body)).json()["code"] == "erasure_run_decided", verb


async def test_each_entry_is_judged_again_when_it_is_decided(
    door: Door, villages: None, clock: FrozenClock, committed: Database
) -> None:
    back, before, gone = [await a_petition(door, "withdraw") for _ in range(3)]
    years_on(clock, 2)
    first, second = (await ask(door)).json(), (await ask(door, holder=before["id"])).json()
    assert (await does(door, second, "order")).json()["outcomes"] == {"erased": 1}
    async with door.client(TOWN_OFFICER) as town:
        taken = await town.post(f"/petitions/{back['id']}/undo", json={}, headers={"If-Match": f'"{back["version"]}"'})
        assert taken.status_code == 200, taken.text
    assert (await does(door, first, "order")).status_code == 200
    assert await outcomes(door, first) == {
        back["id"]: "kept_by_law",
        before["id"]: "erased_before",
        gone["id"]: "erased",
    }
    assert "petitions.name" in await kept(committed, back["id"])


async def test_a_longer_term_that_began_meanwhile_keeps_what_a_run_named_but_not_what_is_wished(
    door: Door, villages: None, clock: FrozenClock
) -> None:
    by_term, wished = [(await a_petition(door, "withdraw"))["id"] for _ in range(2)]
    years_on(clock, 2)
    runs = [(await ask(door)).json(), (await ask(door, holder=wished)).json()]
    async with door.client(DECIDER) as county:
        body = {"kind": "petition_withdrawn", "years": 9, "source": "archives-2028-1", "effective_on": "2028-03-17"}
        assert (await county.post("/retention-rules", json=body)).status_code == 201
    clock.advance(days=1)
    assert (await does(door, runs[0], "order")).json()["outcomes"] == {"kept_by_law": 2}
    assert (await does(door, runs[1], "order")).json()["outcomes"] == {"erased": 1}
    assert await due(door) == {}
    clock.set(clock.now().replace(year=2035))
    assert set(await due(door)) == {by_term}


async def test_who_asks_does_not_decide_and_below_the_county_nobody_does(
    door: Door, villages: None, clock: FrozenClock
) -> None:
    one = await a_petition(door, "withdraw")
    run = (await ask(door, holder=one["id"])).json()
    assert (run["ground"], run["kind"]) == ("own_wish", None)
    same = a_principal("county_registrar", "450481", subject="asker")
    refusals = [
        (same, 403, "erasure_run_four_eyes"),
        (a_principal("county_registrar", TOWN), 403, "forbidden"),
        (a_principal("county_registrar", "450482"), 404, "not_found"),
        (TOWN_OFFICER, 403, "forbidden"),
        (COUNTY_OFFICER, 403, "forbidden"),
    ]
    for who, status, code in refusals:
        for verb in ("order", "refuse"):
            body = {"reason": "dispute"} if verb == "refuse" else {}
            answer = await does(door, run, verb, who, **body)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (who.subject, verb)
    no = (await does(door, run, "refuse", reason="not_proven")).json()
    assert (no["status"], no["refusal"], no["outcomes"]) == ("refused", "not_proven", {"waiting": 1})
    taken = (await ask(door, holder=one["id"])).json()
    assert (await does(door, taken, "withdraw", ASKER)).json()["status"] == "withdrawn"
    async with door.client(ASKER) as client:
        listed = (await client.get("/grid-erasures", params={"area": TOWN})).json()["items"]
    assert [item["status"] for item in listed] == ["withdrawn", "refused"]


SEEN: list[tuple[Principal, int, int]] = [
    (CLERK, 200, 1), (OTHER_CLERK, 404, 0), (ASKER, 200, 1), (DECIDER, 200, 1), (WORKER, 403, 0), (RESIDENT, 403, 0),
    (COUNTY_OFFICER, 403, 0), (a_principal("auditor", "450481"), 403, 0),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status", "many"), SEEN)
async def test_each_role_finds_what_its_areas_hold_and_a_village_no_petition_of_the_town(
    door: Door, grids: None, clock: FrozenClock, who: Principal, status: int, many: int
) -> None:
    report = await dismissed(door)
    await a_petition(door, "withdraw")
    years_on(clock, 2)
    async with door.client(who) as client:
        for path in ("/due-grid-erasures", "/due-grid-erasures/count", "/due-grid-erasures/report"):
            answer = await client.get(path, params={"area": VILLAGE})
            assert answer.status_code == status, (path, answer.text)
    if status == 200:
        assert set(await due(door, who, area=VILLAGE)) == {report}
        assert len(await due(door, who, area=VILLAGE)) == many
        assert [one.action for one in door.accesses.entries if one.object_id == report][-1] == "list_due_erasures"


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"area": "450482"}, 404, "not_found"),
    ({"area": "45048"}, 422, "invalid_request"),
    ({"kind": "eternal"}, 422, "invalid_request"),
    ({"holder": "one"}, 422, "invalid_request"),
    ({"holder": str(new_id())}, 409, "erasure_run_nothing_due"),
    ({"holder": str(new_id()), "kind": "call_ended"}, 422, "erasure_run_unclear"),
    ({"extra": 1}, 422, "invalid_request"),
    ({}, 409, "erasure_run_nothing_due"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD)
async def test_what_a_run_may_not_be_asked_for(
    door: Door, villages: None, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await ask(door, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_run_is_decided_once() -> None:
    allowed = {("requested", one) for one in ("done", "refused", "withdrawn")}
    for present in RunStatus:
        for to in RunStatus:
            if (present, to) in allowed:
                require_transition(present, to)
            else:
                with pytest.raises(RunDecided):
                    require_transition(present, to)


async def test_no_column_of_a_run_holds_words(door: Door, villages: None, committed: Database) -> None:
    one = await a_petition(door, "withdraw")
    assert (await ask(door, holder=one["id"])).status_code == 201
    async with committed.session() as session:
        for table in ("grid_erasures", "grid_erasure_entries"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
            assert rows
            assert NAME not in str(rows)
            assert CLAIM not in str(rows)
