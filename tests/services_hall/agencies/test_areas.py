"""Villages that merge, are split or move: what is carried and held lies where its case lies, also after an undo."""

from datetime import date
from typing import Any

import pytest

from services.services_hall.agencies.service.agencies import restate
from services.services_hall.originals.service.reads import restate as restate_originals
from shared.contracts.registry.area_changes import AreaSuccession
from shared.db.engine import Database
from shared.testing.doors import Arrivals, a_principal
from tests.services_hall.agencies.carrying import AGENT, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.cases.test_areas import a_change, undone
from tests.services_hall.conftest import CLERK, NOT_FOUND, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, Facts, an_area, refusal

NEWER = "450481114299"
OTHER_AGENT = a_principal("agent", OTHER_VILLAGE, AGENT.subject)
BACK = {"returned_on": "2026-03-16", "recipient": "applicant"}


@pytest.fixture(autouse=True)
async def villages(arrivals: Arrivals, person: object) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE), an_area(NEWER))


async def places(carrying: Carrying, agency: Any) -> set[str]:
    """Where a case, its authorisation and its agency lie."""
    paths = (
        f"/cases/{agency['case_id']}",
        f"/authorisations/{agency['authorisation_id']}",
        f"/agencies/{agency['id']}",
    )
    return {(await carrying.read(TOWN_OFFICER, path))["area"] for path in paths}


async def ended_by(carrying: Carrying, how: str) -> tuple[Any, str, int]:
    """An agency that has ended while its case is open; the path of what is undone, and its version."""
    agency = await carrying.entrusted()
    if how == "declined":
        agency = await carrying.step(agency, "decline")
        return agency, f"/agencies/{agency['id']}", agency["version"] + 1
    path = f"/authorisations/{agency['authorisation_id']}"
    gone = await carrying.done(CLERK, f"{path}/revoke", {"revoked_on": "2026-03-16"})
    return agency, path, gone["version"] + 1


@pytest.mark.parametrize("how", ["declined", "revoked"])
async def test_what_had_ended_lies_with_its_case_and_comes_back_there(
    carrying: Carrying, arrivals: Arrivals, facts: Facts, how: str
) -> None:
    agency, path, version = await ended_by(carrying, how)
    await arrivals.take(a_change())
    assert await places(carrying, agency) == {OTHER_VILLAGE}
    assert (await facts(subject=agency["id"]))[-1].type == "services_hall.agency.boundary_changed"
    back = await carrying.undo(OTHER_AGENT if how == "declined" else OTHER_CLERK, path, version)
    assert back.status_code == 200, back.text
    again = await carrying.read(OTHER_CLERK, f"/agencies/{agency['id']}")
    assert (again["status"], again["area"]) == ("entrusted", OTHER_VILLAGE)
    accepted = await carrying.step(agency, "accept", OTHER_AGENT)
    assert accepted["status"] == "accepted"


async def test_a_chain_of_changes_and_their_undoing_is_followed_both_ways(
    carrying: Carrying, arrivals: Arrivals, facts: Facts
) -> None:
    agency = await carrying.accepted()
    first, second = a_change(), a_change(OTHER_VILLAGE, NEWER, on=date(2026, 3, 17))
    for change in (first, second):
        await arrivals.take(change)
    assert await places(carrying, agency) == {NEWER}
    state = (await facts(subject=agency["id"]))[-1].state
    assert [(one.area, one.until) for one in state.former] == [
        (VILLAGE, date(2026, 3, 16)),
        (OTHER_VILLAGE, date(2026, 3, 17)),
    ]
    await arrivals.take(undone(second))
    assert await places(carrying, agency) == {OTHER_VILLAGE}
    await arrivals.take(undone(first))
    assert await places(carrying, agency) == {VILLAGE}
    assert (await facts(subject=agency["id"]))[-1].state.former == ()
    said = len(await facts())
    await arrivals.take(undone(first), revision=1)
    assert len(await facts()) == said, "again changes nothing"


async def test_of_a_village_that_is_split_the_counter_goes_to_the_part_that_is_named(
    carrying: Carrying, arrivals: Arrivals
) -> None:
    agency = await carrying.accepted()
    change = a_change()
    parts = (AreaSuccession(origin=VILLAGE, to=NEWER),)
    await arrivals.take(change.model_copy(update={"moves": parts}))
    assert await places(carrying, agency) == {NEWER}
    await carrying.step(agency, "forward", a_principal("agent", NEWER, AGENT.subject))


async def test_what_nobody_carries_on_stays(carrying: Carrying, arrivals: Arrivals) -> None:
    agency = await carrying.accepted()
    await arrivals.take(a_change(to=None))
    assert await places(carrying, agency) == {VILLAGE}


async def test_an_agency_of_a_closed_case_stays_and_is_finished_there(carrying: Carrying, arrivals: Arrivals) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    await carrying.step(agency, "deliver")
    await arrivals.take(a_change())
    assert await places(carrying, agency) == {VILLAGE}
    await carrying.step(agency, "archive", TOWN_OFFICER)


@pytest.mark.parametrize("verb", ["return", "hand-over", "lose"])
async def test_an_undo_after_the_change_brings_an_original_to_the_counter_of_now(
    carrying: Carrying, arrivals: Arrivals, facts: Facts, verb: str
) -> None:
    agency = await carrying.accepted()
    original = await carrying.received(agency)
    body = {"return": BACK, "hand-over": {"to_area": TOWN}, "lose": {"lost_on": "2026-03-16"}}[verb]
    await carrying.done(AGENT, f"/originals/{original['id']}/{verb}", body)
    await arrivals.take(a_change())
    path = f"/originals/{original['id']}"
    moved = await carrying.read(OTHER_CLERK, path)
    assert moved["area"] == OTHER_VILLAGE
    back = await carrying.undo(OTHER_AGENT, path, moved["version"])
    assert back.status_code == 200, back.text
    assert (back.json()["status"], back.json()["holder"]) == ("held", AGENT.subject)
    assert (back.json()["area"], back.json()["holder_area"]) == (OTHER_VILLAGE, OTHER_VILLAGE)
    assert (await facts(subject=original["id"]))[-1].state.holder_area == OTHER_VILLAGE
    await carrying.done(OTHER_AGENT, f"{path}/return", BACK)


async def test_what_lies_in_the_town_stays_there_and_what_is_on_its_way_to_the_village_arrives_at_the_new_one(
    carrying: Carrying, arrivals: Arrivals
) -> None:
    agency = await carrying.accepted()
    there, coming = await carrying.received(agency), await carrying.received(agency)
    for one in (there, coming):
        await carrying.done(AGENT, f"/originals/{one['id']}/hand-over", {"to_area": TOWN})
        await carrying.done(TOWN_OFFICER, f"/originals/{one['id']}/take")
    await carrying.done(TOWN_OFFICER, f"/originals/{coming['id']}/hand-over", {"to_area": VILLAGE})
    await arrivals.take(a_change())
    stays, comes = [await carrying.read(TOWN_OFFICER, f"/originals/{one['id']}") for one in (there, coming)]
    assert (stays["area"], stays["holder_area"], stays["sent_area"]) == (OTHER_VILLAGE, TOWN, None)
    assert (comes["area"], comes["holder_area"], comes["sent_area"]) == (OTHER_VILLAGE, TOWN, OTHER_VILLAGE)
    assert await carrying.listed(OTHER_CLERK, "/originals", desk="arriving") == [coming["id"]]
    assert refusal(await carrying.ask(CLERK, f"/originals/{coming['id']}/take"))[:2] == NOT_FOUND[:2]
    taken = await carrying.done(OTHER_CLERK, f"/originals/{coming['id']}/take")
    assert (taken["holder_area"], taken["hand_overs"]) == (OTHER_VILLAGE, 2)
    links = (await carrying.read(OTHER_CLERK, f"/originals/{coming['id']}"))["chain"]
    assert [(one["step"], one["by"]) for one in links][-2:] == [("boundary", None), ("take", OTHER_CLERK.subject)]


async def test_a_login_that_serves_both_of_two_villages_that_become_one_keeps_its_file_there(
    carrying: Carrying, arrivals: Arrivals, facts: Facts
) -> None:
    both = await carrying.appointed(), await carrying.appointed(area=OTHER_VILLAGE)
    other = await carrying.appointed(SUBSTITUTE)
    await arrivals.take(a_change())
    areas = [(await carrying.read(TOWN_OFFICER, f"/agents/{one['id']}"))["area"] for one in (*both, other)]
    assert areas == [VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE]
    ended = await carrying.done(TOWN_OFFICER, f"/agents/{both[0]['id']}/end", {"until": "2026-03-16"})
    assert ended["status"] == "ended", "whoever appoints agents ends it"
    told = [one.type for one in await facts("services_hall.agent") if one.type.endswith("boundary_changed")]
    assert len(told) == 1


async def test_who_is_away_and_who_stands_in_go_along_together(carrying: Carrying, arrivals: Arrivals) -> None:
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    agency = await carrying.step(await carrying.entrusted(first), "accept")
    days = {"since": "2026-03-16", "until": "2026-03-18", "substitute_id": second["id"]}
    await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/leave", days)
    await arrivals.take(a_change())
    standing = a_principal("agent", OTHER_VILLAGE, SUBSTITUTE.subject)
    assert await carrying.listed(standing, "/agencies", desk="mine") == [agency["id"]]
    await carrying.step(agency, "forward", standing)


async def test_what_is_told_again_is_what_was_told_last_after_everything(
    carrying: Carrying, arrivals: Arrivals, facts: Facts, committed: Database
) -> None:
    agency = await carrying.accepted()
    await carrying.received(agency)
    change = a_change()
    await arrivals.take(change)
    await arrivals.take(undone(change))
    await carrying.step(agency, "forward")
    async with committed.session() as session:
        again: list[Any] = [*(await restate(session, None, 9)), *(await restate_originals(session, None, 9))]
    latest = {fact.state.subject: fact.state for noun in ("agency", "original")
              for fact in await facts(f"services_hall.{noun}")}  # fmt: skip
    assert {one.state.subject: one.state for one in again} == latest
