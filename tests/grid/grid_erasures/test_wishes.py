"""Erasing without a run: whoever reported by the code alone, and the register's order about who petitions."""

import asyncio
from typing import Any

import pytest

from services.grid.features import FEATURES
from shared.auth.access_log import AccessNotes
from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.contracts.registry.persons import PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import COUNTY_OFFICER, TOWN_OFFICER, a_person
from tests.grid.conftest import Facts
from tests.grid.grid_erasures.erasing import a_petition, a_report, filed, kept
from tests.grid.petitions.test_api import a_petition as body_of
from tests.grid.petitions.test_api import did
from tests.grid.public_reports.test_api import followed
from tests.grid.satisfaction_calls.calling import STEPS, go


async def test_by_the_code_the_words_of_a_dismissed_report_go_and_its_progress_stays(
    door: Door, grids: None, committed: Database, facts: Facts
) -> None:
    report, code = await a_report(door, "dismiss", reason="nothing_there")
    told = len(await facts())
    for typed in (code, code.lower().replace("-", " ")):
        answer = await followed(door, typed, "erase")
        assert (answer.status_code, answer.json()) == (200, {"erased": True}), "asked again it finds nothing more"
        assert await kept(committed, report) == set()
    assert (await followed(door, code)).json()["reason"] == "nothing_there"
    assert len(await facts()) == told


async def test_what_is_not_decided_or_goes_on_is_kept(door: Door, grids: None, unit: str, committed: Database) -> None:
    held, held_code = await a_report(door)
    assert (await followed(door, held_code, "erase")).json()["code"] == "public_report_erasure_held"
    assert (await followed(door, held_code, "withdraw")).status_code == 200
    assert await kept(committed, held) == set()
    report, code, incident = await filed(door)
    for steps in (STEPS[1:3], STEPS[3:]):
        refusal = await followed(door, code, "erase")
        assert (refusal.status_code, refusal.json()["code"]) == (409, "public_report_erasure_held"), steps
        await go(door, unit, incident, steps)
    assert (await followed(door, code, "erase")).status_code == 409, "the number is still to be called"
    async with door.client(COUNTY_OFFICER) as county:
        [call] = (await county.get("/satisfaction-calls")).json()["items"]
        assert (await county.post(f"/satisfaction-calls/{call['id']}/answer", json={"rating": 5})).status_code == 200
    assert "incidents.description" in await kept(committed, incident)
    assert (await followed(door, code, "erase")).status_code == 200
    assert await kept(committed, report) == set()
    assert await kept(committed, incident) == set(), "what was copied into the incident goes along"


async def test_of_an_incident_that_others_reported_nothing_goes(
    door: Door, grids: None, unit: str, committed: Database
) -> None:
    _, _, incident = await filed(door)
    joined, code = await a_report(door, "join", incident_id=incident)
    await go(door, unit, incident, STEPS[1:])
    whole = await kept(committed, incident)
    assert (await followed(door, code, "erase")).status_code == 200
    assert await kept(committed, joined) == set()
    assert await kept(committed, incident) == whole


BAD: list[tuple[dict[str, Any], int]] = [
    ({"progress_code": "ABCD-EFGH-JKMN-PQRS"}, 404),
    ({"progress_code": ""}, 422),
    ({"progress_code": "x" * 61}, 422),
    ({}, 422),
    ({"progress_code": 7}, 422),
]


@pytest.mark.parametrize(("body", "status"), BAD)
async def test_no_code_finds_nothing(door: Door, grids: None, body: dict[str, Any], status: int) -> None:
    async with door.client(None) as anybody:
        answer = await anybody.post("/public-reports/erase", json=body)
    assert answer.status_code == status
    assert "ABCD" not in answer.text


async def test_codes_are_not_tried_out_at_this_door(door: Door, grids: None) -> None:
    answers = [(await followed(door, "ABCD-EFGH-JKMN-PQRS", "erase")).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


async def test_erased_against_taken_up_again_one_of_both_is_told_so(
    door: Door, grids: None, committed: Database
) -> None:
    report, code = await a_report(door, "dismiss", reason="abuse")
    async with door.client(COUNTY_OFFICER) as county:
        tag = {"If-Match": '"2"'}
        again = county.post(f"/public-reports/{report}/take-up-again", headers=tag)
        taken, erased = await asyncio.gather(again, followed(door, code, "erase"))
    assert taken.status_code == 200
    assert erased.status_code in (200, 409)
    assert (await kept(committed, report) == set()) == (erased.status_code == 200)


def ordered(*persons: Any) -> ErasureState:
    return ErasureState(id=new_id(), version=2, status=ErasureStatus.ORDERED, persons=persons)


async def every_day(database: Database, clock: FrozenClock, crypto: Crypto) -> None:
    (schedule,) = (one for one in schedules_of(FEATURES) if one.name == "erasures")
    async with database.session() as session:
        outbox = Outbox(session, owner="grid", clock=clock)
        await schedule.run(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await session.commit()


async def test_who_is_erased_in_the_register_is_erased_in_petitions_once_they_have_ended(
    door: Door, villages: None, arrivals: Arrivals, committed: Database, facts: Facts,
    clock: FrozenClock, crypto: Crypto,
) -> None:  # fmt: skip
    mine, other = new_id(), new_id()
    await arrivals.take(a_person(mine), a_person(other))
    ended = await a_petition(door, "withdraw", person_id=str(mine))
    going = await a_petition(door, "accept", person_id=str(mine))
    theirs = await a_petition(door, "withdraw", person_id=str(other))
    nameless = await a_petition(door, "withdraw")
    await arrivals.take(ordered(mine))
    assert await kept(committed, ended["id"]) == set()
    for one in (going, theirs, nameless):
        assert "petitions.name" in await kept(committed, one["id"])
    (told,) = await facts("grid.erasure_answer")
    assert (told.state.counts["petitions"], told.state.counts["kept"], told.state.done_at) == (1, 1, None)
    async with door.client(TOWN_OFFICER) as town:
        await did(town, going, "withdraw", reason="by_petitioner")
    await every_day(committed, clock, crypto)
    assert await kept(committed, going["id"]) == set()
    *_, last = await facts("grid.erasure_answer")
    assert (last.state.counts["petitions"], last.state.done_at is None) == (2, False)
    async with door.client(COUNTY_OFFICER) as county:
        again = await county.post("/petitions", json=body_of(person_id=str(mine)))
        assert (again.status_code, again.json()["code"]) == (422, "petition_person_wrong"), "never again about them"


async def test_a_petition_names_whom_the_register_knows(door: Door, villages: None, arrivals: Arrivals) -> None:
    known, gone = new_id(), new_id()
    await arrivals.take(a_person(known), a_person(gone, status=PersonStatus.DECEASED))
    async with door.client(COUNTY_OFFICER) as county:
        for person, status in ((known, 201), (gone, 201), (new_id(), 422), ("nobody", 422)):
            answer = await county.post("/petitions", json=body_of(person_id=str(person)))
            assert answer.status_code == status, answer.text
            if status == 201:
                shown = (await county.get(f"/petitions/{answer.json()['id']}")).json()
                assert shown["person_id"] == str(person)
