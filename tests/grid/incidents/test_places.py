"""Whose an incident is: levels up and down, the town's list of duties, and grids that change under it."""

from typing import Any

import pytest

from services.grid.incidents.domain.codes import IncidentLevel
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HEAD,
    OTHER_VILLAGE,
    SECOND_GRID,
    TOWN,
    TOWN_OFFICER,
    VILLAGE,
)
from tests.grid.conftest import Facts
from tests.grid.grid_changes.changing import EAST, WEST, WHOLE, a_merger, a_redrawing, a_split, changed
from tests.grid.incidents.steps import code_of, report
from tests.grid.incidents.whole import Whole, a_unit

EASTERN = {"longitude": 111.0075, "latitude": 22.905}


async def test_it_goes_up_step_by_step_and_back_and_only_its_office_acts(whole: Whole, facts: Facts) -> None:
    incident = await whole.bring("filed")
    due = (await whole.read(incident))["due_at"]
    stands = await whole.do(incident, "transfer_up")
    assert (stands["held_level"], stands["held_area"], stands["due_at"]) == ("town", TOWN, due)
    assert code_of(await whole.ask(incident, "dispatch", CLERK)) == (409, "incident_held_elsewhere")
    assert await whole.listed(CLERK, level="town") == [incident]  # seen, and not acted on
    assert (await whole.ask(incident, "transfer_up", TOWN_OFFICER, level="county")).json()["held_area"] == "450481"
    assert code_of(await whole.ask(incident, "transfer_down", TOWN_OFFICER)) == (409, "incident_held_elsewhere")
    assert (await whole.ask(incident, "transfer_down", COUNTY_OFFICER)).json()["held_level"] == "village"
    assert (await whole.ask(incident, "dispatch", CLERK)).status_code == 200
    told = [fact.state.level for fact in await facts("grid.incident", incident)]
    assert told == [15, 15, 9, 6, 12, 12]
    steps = [one["step"] for one in (await whole.detail(incident))["steps"]]
    assert steps[2:5] == ["transfer_up", "transfer_up", "transfer_down"]
    assert code_of(await whole.ask(incident, "transfer_up")) == (409, "incident_transition_not_allowed")


async def test_a_level_that_has_it_or_that_does_not_exist_is_refused(whole: Whole) -> None:
    incident = await whole.bring("reported")
    assert code_of(await whole.ask(incident, "transfer_up", level="grid")) == (422, "incident_level_wrong")
    assert code_of(await whole.ask(incident, "transfer_up", level="province")) == (422, "invalid_request")
    of_village = await report(whole.door, point=None, area=VILLAGE)
    for level in ("grid", "village"):
        assert code_of(await whole.ask(of_village, "transfer_up", level=level)) == (422, "incident_level_wrong")
    assert [one.digits for one in IncidentLevel] == [15, 12, 9, 6]


async def test_who_sent_it_up_takes_that_back_until_somebody_acts(whole: Whole) -> None:
    incident = await whole.bring("reported")
    await whole.do(incident, "transfer_up")
    assert (await whole.undo(incident, CLERK)).json()["held_area"] == FIRST_GRID
    await whole.do(incident, "transfer_up")
    assert (await whole.ask(incident, "file", TOWN_OFFICER)).status_code == 200
    assert code_of(await whole.undo(incident, CLERK)) == (403, "forbidden")


async def a_duty(whole: Whole, **what: Any) -> str:
    body = {"area": TOWN, "category": "environment", "kind": "taken_back", "valid_from": "2026-03-01", **what}
    async with whole.door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/duties", json=body)
    assert answer.status_code == 201, answer.text
    duty: str = answer.json()["id"]
    return duty


async def test_what_was_taken_back_goes_up_and_the_county_dispatches_it_to_its_own(whole: Whole) -> None:
    before = await whole.bring("filed")  # filed before the list said so
    await a_duty(whole, lead="water")
    answer = await whole.ask(before, "dispatch")
    assert (code_of(answer), answer.json()["errors"][0]["path"]) == ((409, "incident_taken_back"), "unit_id")
    assert code_of(await whole.ask(before, "self_handle")) == (409, "incident_taken_back")
    incident = await whole.bring("filed")
    assert (await whole.read(incident))["held_area"] == "450481"
    assert code_of(await whole.ask(incident, "dispatch", CLERK)) == (409, "incident_held_elsewhere")
    assert code_of(await whole.ask(incident, "transfer_down", COUNTY_OFFICER)) == (409, "incident_taken_back")
    assert code_of(await whole.ask(incident, "dispatch", COUNTY_OFFICER)) == (409, "incident_taken_back")
    wrong = await a_unit(whole.door, "450481", "urban_management", "县城管局")
    answer = await whole.ask(incident, "dispatch", COUNTY_OFFICER, unit_id=wrong)
    assert code_of(answer) == (409, "incident_lead_elsewhere")
    right = await a_unit(whole.door, "450481", "water", "县水利局")
    assert (await whole.ask(incident, "dispatch", COUNTY_OFFICER, unit_id=right)).status_code == 200


async def test_of_a_shared_duty_the_named_department_leads_and_the_town_assists(whole: Whole) -> None:
    await a_duty(whole, kind="shared", lead="water", area="450481")
    incident = await whole.bring("filed")
    assert code_of(await whole.ask(incident, "dispatch")) == (409, "incident_lead_elsewhere")
    assert (await whole.ask(incident, "dispatch", unit_id=whole.assistant)).status_code == 200
    assert (await whole.ask(incident, "order", unit_id=whole.unit)).status_code == 200
    await a_duty(whole, kind="basic")  # the town's own list stands before the county's
    assert (await whole.ask(await whole.bring("filed"), "dispatch")).status_code == 200


async def test_after_a_split_each_lies_where_its_point_is_and_without_one_in_the_heir_or_is_listed(
    whole: Whole, facts: Facts
) -> None:
    west, east = whole.other, await report(whole.door, point=EASTERN)
    nowhere = await report(whole.door, point=None, area=FIRST_GRID)
    ended = await whole.bring("rejected")
    async with whole.door.client(COUNTY_OFFICER) as client:
        change = await changed(client, a_split())
    places = {one: (await whole.read(one))["area"] for one in (west, east, nowhere, ended)}
    assert places == {west: WEST, east: EAST, nowhere: FIRST_GRID, ended: FIRST_GRID}
    assert await whole.listed(CLERK, unplaced=True) == [nowhere]
    fact = (await facts("grid.incident", east))[-1]
    assert (fact.type, fact.state.former[0].area) == ("grid.incident.boundary_changed", FIRST_GRID)
    placed = await whole.ask(nowhere, "place", area=EAST)
    assert (placed.json()["area"], placed.json()["unplaced"]) == (EAST, False)
    async with whole.door.client(COUNTY_OFFICER) as client:
        answer = await client.post(f"/grid-changes/{change['id']}/undo", headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
    places = {one: (await whole.read(one))["area"] for one in (west, east, nowhere)}
    assert places == {west: FIRST_GRID, east: FIRST_GRID, nowhere: FIRST_GRID}
    assert await whole.listed(unplaced=True) == []


@pytest.mark.parametrize("heir", [None, EAST])
async def test_the_heir_of_a_split_has_what_has_no_point(whole: Whole, heir: str | None) -> None:
    incident = await report(whole.door, point=None, area=FIRST_GRID)
    async with whole.door.client(COUNTY_OFFICER) as client:
        await changed(client, a_split(heir=heir))
    stands = await whole.read(incident)
    assert (stands["area"], stands["unplaced"]) == ((FIRST_GRID, True) if heir is None else (EAST, False))
    assert (await whole.ask(incident, "file")).status_code == 200  # it is nobody's the less
    async with whole.door.client(HEAD) as client:
        assert (await client.get(f"/incidents/{incident}")).status_code == 200


async def test_after_a_merger_and_a_redrawing_the_point_says_it(whole: Whole) -> None:
    east = await report(whole.door, point=EASTERN)
    nowhere = await report(whole.door, point=None, area=FIRST_GRID)
    async with whole.door.client(COUNTY_OFFICER) as client:
        redrawn = await changed(client, a_redrawing())
        assert [(await whole.read(one))["area"] for one in (whole.other, east, nowhere)] == [
            FIRST_GRID, SECOND_GRID, FIRST_GRID,
        ]  # fmt: skip
        answer = await client.post(f"/grid-changes/{redrawn['id']}/undo", headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
        assert (await whole.read(east))["area"] == FIRST_GRID
        await changed(client, a_merger())
    assert {(await whole.read(one))["area"] for one in (whole.other, east, nowhere)} == {WHOLE}


async def test_it_is_placed_by_who_may_dispatch_there_and_that_is_taken_back(whole: Whole) -> None:
    incident = await whole.bring("accepted")
    moved = await whole.do(incident, "place")
    assert (moved["area"], moved["held_area"]) == (SECOND_GRID, SECOND_GRID)
    assert code_of(await whole.ask(incident, "place", area=OTHER_VILLAGE)) == (404, "not_found")
    assert code_of(await whole.ask(incident, "place", area=VILLAGE + "099")) == (422, "incident_area_unknown")
    assert (await whole.undo(incident, CLERK)).json()["area"] == FIRST_GRID
