"""What follows in grid when registry changes areas: grids get other codes, units and open incidents go along."""

from datetime import date
from typing import Any

import pytest

from services.grid.grids.repository import lines
from shared.auth.lineage import CachedLineage
from shared.contracts.grid.grids import GridRecoded, GridReopened
from shared.contracts.grid.incidents import IncidentBoundaryChanged
from shared.contracts.registry.area_changes import (
    AreaChangeKind,
    AreaChangeState,
    AreaChangeStatus,
    AreaSuccession,
    GridSuccession,
)
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HANDLER,
    HEAD,
    OTHER_VILLAGE,
    SECOND_GRID,
    UNIT,
    VILLAGE,
    an_area,
    an_incident,
    square,
)
from tests.grid.conftest import Facts

ON = date(2026, 3, 16)
NEW, NEWER = "450481100298", "450481100299"


def a_change(*moves: tuple[str, str | None], grids: dict[str, str] | None = None, **what: Any) -> AreaChangeState:
    valid: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "area": VILLAGE[:9],
        "kind": AreaChangeKind.MERGE,
        "status": AreaChangeStatus.DONE,
        "effective_on": ON,
        "moves": tuple(AreaSuccession(origin=origin, to=to) for origin, to in moves),
        "grids": tuple(GridSuccession(origin=origin, to=to) for origin, to in (grids or {}).items()),
    }
    return AreaChangeState(**(valid | what))


def undone(change: AreaChangeState) -> AreaChangeState:
    return change.model_copy(update={"version": change.version + 1, "status": AreaChangeStatus.UNDONE})


async def told(door: Door, path: str, who: Any = COUNTY_OFFICER, **params: Any) -> Any:
    async with door.client(who) as client:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def made(door: Door, path: str, body: dict[str, Any], who: Any = COUNTY_OFFICER) -> Any:
    async with door.client(who) as client:
        answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def open_grids(door: Door) -> list[str]:
    return [one["code"] for one in (await told(door, "/grids", open=True))["items"]]


async def area_of(door: Door, incident: str) -> str:
    return str((await told(door, f"/incidents/{incident}"))["incident"]["area"])


async def reported(door: Door, **what: Any) -> str:
    return str((await made(door, "/incidents", an_incident(**what)))["id"])


async def closed(door: Door, incident: str, unit: str) -> None:
    for who, step, body in (
        (CLERK, "file", {}),
        (CLERK, "dispatch", {"unit_id": unit}),
        (HANDLER, "accept", {}),
        (HANDLER, "feedback", {"reason": "cleaned"}),
        (HEAD, "check", {"passed": True}),
        (CLERK, "close", {}),
    ):
        await made(door, f"/incidents/{incident}/{step}", body, who)


async def test_grids_of_a_merged_village_go_on_under_codes_of_the_new_one(
    door: Door, grids: None, arrivals: Arrivals, facts: Facts
) -> None:
    change = a_change((VILLAGE, NEW), (OTHER_VILLAGE, NEW), grids={FIRST_GRID: f"{NEW}001"})
    await arrivals.take(change)
    assert await open_grids(door) == [f"{NEW}001", f"{NEW}002"]
    before = await told(door, f"/grids/{FIRST_GRID}")
    after = await told(door, f"/grids/{NEW}001")
    assert (before["valid_to"], before["successors"]) == (str(ON), [f"{NEW}001"])
    assert (after["valid_from"], after["valid_to"], after["village"]) == (str(ON), None, NEW)
    assert [after[what] for what in ("polygon", "kind", "synthetic")] == [
        before[what] for what in ("polygon", "kind", "synthetic")
    ]
    located = await made(door, "/grids/locate", {"longitude": 111.005, "latitude": 22.905})
    assert located["grid"]["code"] == f"{NEW}001"
    recoded = [one for one in await facts("grid.grid") if isinstance(one, GridRecoded)]
    assert [one.state.code for one in recoded] == [FIRST_GRID, SECOND_GRID]


async def test_a_code_that_is_taken_is_given_to_no_second_grid(door: Door, grids: None, arrivals: Arrivals) -> None:
    other = {"code": f"{OTHER_VILLAGE}001", "polygon": square(111.02, 22.9)}
    await made(door, "/grids", other)
    await arrivals.take(a_change((VILLAGE, OTHER_VILLAGE), grids={SECOND_GRID: f"{OTHER_VILLAGE}003"}))
    assert await open_grids(door) == [f"{OTHER_VILLAGE}00{n}" for n in (1, 2, 3)]
    assert (await told(door, f"/grids/{FIRST_GRID}"))["successors"] == [f"{OTHER_VILLAGE}002"]


async def test_open_incidents_go_along_and_what_has_ended_keeps_its_code(
    door: Door, grids: None, unit: str, arrivals: Arrivals, facts: Facts
) -> None:
    in_grid, in_village, ended = (
        await reported(door),
        await reported(door, point=None, area=VILLAGE),
        await reported(door),
    )
    await closed(door, ended, unit)
    await arrivals.take(a_change((VILLAGE, NEW)))
    assert [await area_of(door, one) for one in (in_grid, in_village, ended)] == [f"{NEW}001", NEW, FIRST_GRID]
    history = await told(door, f"/incidents/{in_grid}")
    assert [one["step"] for one in history["steps"]] == ["report", "boundary"]
    moved = [one for one in await facts("grid.incident") if isinstance(one, IncidentBoundaryChanged)]
    assert {one.state.subject: [(p.area, p.until) for p in one.state.former] for one in moved} == {
        in_grid: [(FIRST_GRID, ON)],
        in_village: [(VILLAGE, ON)],
    }


async def test_units_serve_what_their_area_has_become_and_of_two_alike_one(
    door: Door, villages: None, grids: None, arrivals: Arrivals
) -> None:
    first = await made(door, "/units", {"area": VILLAGE, **UNIT})
    twin = await made(door, "/units", {"area": OTHER_VILLAGE, **UNIT})
    incident = await reported(door)
    change = a_change((VILLAGE, NEW), (OTHER_VILLAGE, NEW))
    await arrivals.take(change)
    units = (await told(door, "/units", serving=NEW))["items"]
    assert [(one["id"], one["area"]) for one in units] == [(first["id"], NEW)]
    assert (await told(door, "/units", serving=OTHER_VILLAGE))["items"] == []
    await made(door, f"/incidents/{incident}/file", {})
    await made(door, f"/incidents/{incident}/dispatch", {"unit_id": first["id"]})
    await arrivals.take(undone(change))
    assert [one["id"] for one in (await told(door, "/units", serving=VILLAGE))["items"]] == [first["id"]]
    assert [one["id"] for one in (await told(door, "/units", serving=OTHER_VILLAGE))["items"]] == [twin["id"]]


async def test_what_is_told_again_changes_nothing(door: Door, grids: None, arrivals: Arrivals, facts: Facts) -> None:
    await reported(door)
    change = a_change((VILLAGE, NEW))
    await arrivals.take(change)
    said = len(await facts())
    await arrivals.take(change, revision=1)
    await arrivals.take(change.model_copy(update={"version": 2}))
    assert len(await facts()) == said


@pytest.mark.parametrize("late", [False, True])
async def test_two_changes_one_after_the_other_in_whatever_order_they_arrive(
    door: Door, grids: None, arrivals: Arrivals, late: bool
) -> None:
    incident = await reported(door)
    first, second = a_change((VILLAGE, NEW)), a_change((NEW, NEWER))
    for change in (second, first) if late else (first, second):
        await arrivals.take(change)
    assert await open_grids(door) == [f"{NEWER}001", f"{NEWER}002"]
    assert await area_of(door, incident) == f"{NEWER}001"
    for change in (first, second) if late else (second, first):
        await arrivals.take(undone(change))
    assert await open_grids(door) == [FIRST_GRID, SECOND_GRID]
    assert await area_of(door, incident) == FIRST_GRID


async def test_a_village_that_goes_on_gives_away_the_grids_that_are_named(
    door: Door, grids: None, arrivals: Arrivals
) -> None:
    stays, goes = await reported(door, point=None, area=VILLAGE), await reported(door)
    await arrivals.take(a_change((VILLAGE, None), grids={FIRST_GRID: f"{NEW}001"}, kind=AreaChangeKind.SPLIT))
    assert await open_grids(door) == [SECOND_GRID, f"{NEW}001"]
    assert [await area_of(door, one) for one in (stays, goes)] == [VILLAGE, f"{NEW}001"]


async def test_undone_everything_is_as_it_was_also_what_has_ended_or_begun_since(
    door: Door, grids: None, unit: str, arrivals: Arrivals, facts: Facts
) -> None:
    went, village = await reported(door), await reported(door, point=None, area=VILLAGE)
    change = a_change((VILLAGE, NEW))
    await arrivals.take(an_area(NEW), change)
    begun = await reported(door)
    assert await area_of(door, begun) == f"{NEW}001"
    await made(door, f"/incidents/{went}/reject", {"reason": "nothing_there"})
    await arrivals.take(undone(change))
    assert await open_grids(door) == [FIRST_GRID, SECOND_GRID]
    assert [await area_of(door, one) for one in (went, village, begun)] == [FIRST_GRID, VILLAGE, FIRST_GRID]
    never = await told(door, f"/grids/{NEW}001")
    assert (never["valid_from"], never["valid_to"], never["successors"]) == (str(ON), str(ON), [FIRST_GRID])
    newest = {one.state.subject: one.state for one in await facts("grid.incident")}
    assert not newest[went].former
    again = [one.state.code for one in await facts("grid.grid") if isinstance(one, GridReopened)]
    assert again == [FIRST_GRID, SECOND_GRID]


async def test_a_grid_that_was_closed_since_stays_closed(door: Door, grids: None, arrivals: Arrivals) -> None:
    change = a_change((VILLAGE, NEW))
    await arrivals.take(an_area(NEW), change)
    body = {"closed_on": str(ON), "successors": [f"{NEW}002"]}
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post(f"/grids/{NEW}001/close", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    await arrivals.take(undone(change))
    assert await open_grids(door) == [SECOND_GRID]


async def test_a_worker_of_a_grid_answers_for_the_grid_that_carries_it_on(
    door: Door, grids: None, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    worker = a_principal("grid_worker", FIRST_GRID)
    incident = await reported(door)
    await arrivals.take(a_change((VILLAGE, NEW)))
    door.kit.lineage = CachedLineage(committed, lines, clock)
    assert [one["id"] for one in (await told(door, "/incidents", worker))["items"]] == [incident]
    assert (await told(door, "/incidents", a_principal("grid_worker", SECOND_GRID)))["items"] == []
