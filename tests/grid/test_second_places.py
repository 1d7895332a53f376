"""Who names a second place, a successor or a target is asked for that one too."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest

from shared.testing.doors import Arrivals, Door
from tests.architecture.places import LEDGERS, names, second_places
from tests.grid.builders import (
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_VILLAGE,
    SECOND_GRID,
    TOWN,
    TOWN_OFFICER,
    UNIT,
    VILLAGE,
    WORKER,
    an_area,
    an_incident,
    square,
)
from tests.grid.conftest import Facts
from tests.grid.grid_changes.changing import WEST, a_redrawing, a_split, rectangle
from tests.grid.staff.test_api import an_appointment

OTHER_TOWN = "450481101"
FOREIGN_VILLAGE, FOREIGN_GRID = "450481101201", "450481101201001"
HERE, THERE = {"longitude": 111.005, "latitude": 22.905}, {"longitude": 111.025, "latitude": 22.905}


@dataclass(frozen=True)
class World:
    """Two grids of the town, one of another town; an incident and a unit in each."""

    door: Door
    town: httpx.AsyncClient
    worker: httpx.AsyncClient
    incident: str
    foreign_incident: str
    unit: str
    foreign_unit: str


Ask = Callable[[World, Any], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Asked:
    """A request with a place: refused with one that lies elsewhere, done with one of the caller's."""

    ask: Ask
    elsewhere: Callable[[World], Any]
    own: Callable[[World], Any]
    refusal: tuple[int, str] = (404, "not_found")


async def draw_code(w: World, code: str) -> httpx.Response:
    return await w.town.post("/grids", json={"code": code, "polygon": square(111.01, 22.91)})


async def draw_polygon(w: World, ring: Any) -> httpx.Response:
    return await w.town.post("/grids", json={"code": VILLAGE + "003", "polygon": ring, "kind": "micro"})


async def draw_all_code(w: World, code: str) -> httpx.Response:
    own = {"code": VILLAGE + "003", "polygon": square(111.00, 22.91)}
    return await w.town.post("/grids/draw", json={"grids": [own, {"code": code, "polygon": square(111.01, 22.91)}]})


async def report_publicly(w: World, area: str) -> httpx.Response:
    return await w.town.post("/public-reports", json={"category": "environment", "area": area})


async def receive_in(w: World, area: str) -> httpx.Response:
    hours = {"received_on": "2026-03-20", "begins": "09:00", "ends": "11:00"}
    return await w.town.post(
        "/receptions", json={"area": area, "venue": "一楼", "leader_post": "镇长", "name": "张三", **hours}
    )


async def petition_about(w: World, area: str) -> httpx.Response:
    told = {"form": "visit", "matter": "land", "registered_on": "2026-03-16", "name": "张三", "claim": "土地"}
    return await w.town.post("/petitions", json={"area": area, **told})


async def draw_all_polygon(w: World, ring: Any) -> httpx.Response:
    own = {"code": VILLAGE + "003", "polygon": square(111.00, 22.91)}
    other = {"code": VILLAGE + "004", "polygon": ring, "kind": "micro"}
    return await w.town.post("/grids/draw", json={"grids": [own, other]})


async def close_which(w: World, code: str) -> httpx.Response:
    body = {"closed_on": "2026-03-16", "successors": []}
    return await w.town.post(f"/grids/{code}/close", json=body, headers={"If-Match": '"1"'})


async def close_for(w: World, heir: str) -> httpx.Response:
    body = {"closed_on": "2026-03-16", "successors": [heir]}
    return await w.town.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})


async def draw_geojson(w: World, code: str) -> httpx.Response:
    return await w.town.post("/grids/draw-geojson", json=features((code, square(111.01, 22.91))))


def features(*grids: tuple[str, Any], **properties: Any) -> dict[str, Any]:
    made = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"code": code, **properties},
        }
        for code, ring in grids
    ]
    return {"type": "FeatureCollection", "features": made}


async def split_which(w: World, code: str) -> httpx.Response:
    return await w.town.post("/grid-changes", json=a_split(ends=[{"code": code}]))


async def split_into(w: World, code: str) -> httpx.Response:
    one, other = a_split()["draws"]
    return await w.town.post("/grid-changes", json=a_split(draws=[one, {**other, "code": code}]))


async def split_over(w: World, ring: Any) -> httpx.Response:
    one, other = a_split()["draws"]
    return await w.town.post("/grid-changes", json=a_split(draws=[one, {**other, "polygon": ring}]))


async def redraw_which(w: World, code: str) -> httpx.Response:
    one, other = a_redrawing()["redraws"]
    return await w.town.post("/grid-changes", json=a_redrawing(redraws=[one, {**other, "code": code}]))


async def redraw_over(w: World, ring: Any) -> httpx.Response:
    return await w.town.post("/grid-changes", json=a_redrawing(redraws=[{"code": SECOND_GRID, "polygon": ring}]))


async def inherit(w: World, code: str) -> httpx.Response:
    return await w.town.post("/grid-changes", json=a_split(heir=code))


async def appoint_in(w: World, grid: str) -> httpx.Response:
    return await w.town.post("/grid-staff", json=an_appointment(grid=grid))


async def make_unit(w: World, area: str) -> httpx.Response:
    return await w.town.post("/units", json={"area": area, "department": "water", "name": "水利站"})


async def report_in(w: World, area: str) -> httpx.Response:
    return await w.worker.post("/incidents", json=an_incident(point=None, area=area))


async def report_in_new(w: World, area: str) -> httpx.Response:
    return await w.town.post("/incidents", json=an_incident(point=None, area=area))


async def report_at(w: World, point: Any) -> httpx.Response:
    return await w.worker.post("/incidents", json=an_incident(point=point))


async def dispatch_which(w: World, incident: str) -> httpx.Response:
    return await w.town.post(f"/incidents/{incident}/dispatch", json={"unit_id": w.unit})


async def dispatch_to(w: World, unit: str) -> httpx.Response:
    return await w.town.post(f"/incidents/{w.incident}/dispatch", json={"unit_id": unit})


async def step_of(w: World, path: str, **body: Any) -> httpx.Response:
    return await w.town.post(f"/incidents/{w.incident}/{path}", json=body)


async def place_in(w: World, area: str) -> httpx.Response:
    return await step_of(w, "place", area=area)


async def merge_into(w: World, into: str) -> httpx.Response:
    if into == w.incident:
        made = await w.town.post("/incidents", json=an_incident(point=HERE))
        into = made.json()["id"]
    return await step_of(w, "merge", into=into)


async def duty_of(w: World, area: str) -> httpx.Response:
    body = {"area": area, "category": "environment", "kind": "basic", "valid_from": "2026-03-01"}
    async with w.door.client(COUNTY_OFFICER) as county:
        return await county.post("/duties", json=body)


RING = (lambda w: square(111.025, 22.90)), (lambda w: square(111.01, 22.90)), (409, "grid_in_other_town")

OF_THE_CHANGE = {
    f"residents[].{what}": "a grid of the change alone: `tests/grid/residence_proposals/test_events.py`"
    for what in ("code", "person_id", "point.longitude")
}
PHOTOS = {"photos[]": "the caller's own files alone: `tests/grid/incidents/test_photos.py`"}
OF_A_STEP = {"path.id": "asked for by the table of steps: `tests/grid/incidents/test_rules.py`", **PHOTOS}
OF_AN_ORDER = {**OF_A_STEP, "path.number": "counts the orders of the incident"}
STEPS = (
    *("verifyIncident", "fileIncident", "rejectIncident", "selfHandleIncident"),
    *("transferIncident", "acceptIncident", "returnIncident", "beginIncident"),
    *("giveIncidentFeedback", "checkIncident", "closeIncident", "reopenIncident"),
    *("undoIncident", "askIncidentLeave", "grantIncidentLeave", "refuseIncidentLeave"),
    *("deferIncident", "suspendIncident", "resumeIncident", "urgeIncident"),
    *("superviseIncident", "liftIncidentSupervision"),
)
ORDERS = ("takeIncidentOrder", "returnIncidentOrder", "finishIncidentOrder", "withdrawIncidentOrder")
EAST_HALF = rectangle(111.005, 111.01)
CASES: dict[str, Mapping[str, Asked | str]] = {
    **dict.fromkeys(STEPS, OF_A_STEP),
    **dict.fromkeys(ORDERS, OF_AN_ORDER),
    "drawGrid": {
        "code": Asked(draw_code, lambda w: FOREIGN_VILLAGE + "003", lambda w: VILLAGE + "003"),
        "polygon": Asked(draw_polygon, *RING),
    },
    "drawGrids": {
        "grids[].code": Asked(draw_all_code, lambda w: FOREIGN_VILLAGE + "003", lambda w: VILLAGE + "004"),
        "grids[].polygon": Asked(draw_all_polygon, *RING),
    },
    "closeGrid": {
        "path.code": Asked(close_which, lambda w: FOREIGN_GRID, lambda w: FIRST_GRID),
        "successors[]": Asked(
            close_for, lambda w: FOREIGN_GRID, lambda w: SECOND_GRID, (422, "grid_successor_unknown")
        ),
    },
    "drawGeoJson": {
        "features[].properties.code": Asked(draw_geojson, lambda w: FOREIGN_VILLAGE + "003", lambda w: VILLAGE + "003"),
    },
    "changeGrids": {
        "ends[].code": Asked(split_which, lambda w: FOREIGN_GRID, lambda w: FIRST_GRID),
        "draws[].code": Asked(split_into, lambda w: FOREIGN_VILLAGE + "003", lambda w: VILLAGE + "003"),
        "draws[].polygon": Asked(
            split_over, lambda w: square(111.02, 22.9), lambda w: EAST_HALF, (409, "grid_overlaps")
        ),
        "redraws[].code": Asked(redraw_which, lambda w: FOREIGN_GRID, lambda w: SECOND_GRID),
        "redraws[].polygon": Asked(
            redraw_over,
            lambda w: rectangle(111.01, 111.025),
            lambda w: rectangle(111.01, 111.02, north=22.92),
            (409, "grid_overlaps"),
        ),
        "heir": Asked(inherit, lambda w: FOREIGN_GRID, lambda w: WEST, (422, "invalid_request")),
        **OF_THE_CHANGE,
    },
    "placeResidents": {
        "path.id": "asked for: `tests/grid/grid_changes/test_api.py::test_who_may_change_grids_and_see_it`",
        **OF_THE_CHANGE,
    },
    "appointStaff": {"grid": Asked(appoint_in, lambda w: FOREIGN_GRID, lambda w: FIRST_GRID)},
    "createUnit": {"area": Asked(make_unit, lambda w: OTHER_TOWN, lambda w: OTHER_VILLAGE)},
    "reportIncident": {
        **PHOTOS,
        "area": Asked(report_in, lambda w: FOREIGN_GRID, lambda w: SECOND_GRID),
        "point.longitude": Asked(report_at, lambda w: THERE, lambda w: HERE),
    },
    "dispatchIncident": {
        **PHOTOS,
        "path.id": Asked(dispatch_which, lambda w: w.foreign_incident, lambda w: w.incident),
        "unit_id": Asked(dispatch_to, lambda w: w.foreign_unit, lambda w: w.unit, (422, "unit_unknown")),
    },
    "placeIncident": {**OF_A_STEP, "area": Asked(place_in, lambda w: FOREIGN_GRID, lambda w: SECOND_GRID)},
    "mergeIncident": {**OF_A_STEP, "into": Asked(merge_into, lambda w: w.foreign_incident, lambda w: w.incident)},
    "orderIncidentAssistance": {
        **OF_A_STEP,
        "unit_id": "asked for: `tests/grid/incidents/test_joint.py::test_a_unit_of_another_town_does_not_assist`",
    },
    "reportInPublic": {
        "area": "open to everybody: `tests/grid/public_reports/test_api.py`",
        "point.longitude": "open to everybody: `tests/grid/public_reports/test_api.py`",
    },
    "joinPublicReport": {
        "path.id": "asked for: `tests/grid/public_reports/test_api.py::test_who_sees_and_who_decides`",
        "incident_id": "asked for: `tests/grid/public_reports/test_abuse_and_privacy.py`, of another village",
    },
    "recordVisit": {
        "path.id": "asked for: `tests/grid/visits/test_events.py`",
        "record_id": "of the visited person alone: `tests/grid/visits/test_care.py`",
    },
    "planReception": {"area": Asked(receive_in, lambda w: OTHER_TOWN, lambda w: TOWN)},
    "registerPetition": {
        "area": Asked(petition_about, lambda w: FOREIGN_VILLAGE, lambda w: VILLAGE),
        "reception_id": "asked for: `tests/grid/petitions/test_api.py::test_what_is_brought_at_a_reception_names_it`",
        "person_id": "who petitions, of whatever village: the petition is its office's",
    },
    "requestGridErasure": {
        "area": "asked for: `tests/grid/grid_erasures/test_runs.py`",
        "holder": "of the area that is named: `tests/grid/grid_erasures/test_runs.py`",
    },
    "enterDuty": {"area": Asked(duty_of, lambda w: "450482", lambda w: "450481100")},
    "beginDictionaryImport": {
        "area": "asked for: `tests/grid/dictionary_tables/test_tables.py::test_who_may_take_in_and_for_which_county`",
        "file": "the caller's own, as of records",
    },
    "reviseDictionaryDraft": {
        "path.id": "the county's: `tests/grid/dictionary_drafts/test_api.py::test_the_dictionary_is_the_countys`",
        "categories[].code": "a category, the same everywhere",
    },
    "locateGrid": {"longitude": "a question: which grid holds a point is no secret of any place"},
    **LEDGERS,
}
"""Every place that a body names, and how it is asked for; a text instead of a request says why it is not."""


def test_the_table_names_every_place_of_every_operation() -> None:
    assert {name: frozenset(places) for name, places in CASES.items()} == second_places("grid")


ALL = [
    pytest.param(place, case, id=f"{name}-{place}")
    for name, places in CASES.items()
    for place, case in places.items()
    if isinstance(case, Asked)
]


async def filed(client: httpx.AsyncClient, point: Any) -> str:
    """A filed incident at a point."""
    made = await client.post("/incidents", json=an_incident(point=point))
    assert made.status_code == 201, made.text
    incident: str = made.json()["id"]
    answer = await client.post(f"/incidents/{incident}/file", json={})
    assert answer.status_code == 200, answer.text
    return incident


@pytest.fixture
async def world(door: Door, grids: None) -> Any:
    async with door.client(COUNTY_OFFICER) as county, door.client(TOWN_OFFICER) as town, door.client(WORKER) as worker:
        drawn = await county.post("/grids", json={"code": FOREIGN_GRID, "polygon": square(111.02, 22.90)})
        assert drawn.status_code == 201, drawn.text
        units = [(await county.post("/units", json={"area": area, **UNIT})).json()["id"] for area in (TOWN, OTHER_TOWN)]
        yield World(door, town, worker, await filed(county, HERE), await filed(county, THERE), *units)


@pytest.mark.parametrize(("place", "case"), ALL)
async def test_a_place_of_somebody_else_is_refused(world: World, facts: Facts, place: str, case: Asked) -> None:
    """And, unless it is told to nobody that there is such a thing, which of several it is."""
    before = await facts()
    answer = await case.ask(world, case.elsewhere(world))
    assert (answer.status_code, answer.json()["code"]) == case.refusal, answer.text
    assert answer.status_code == 404 or "[]" not in place or names(place, answer), answer.text
    assert await facts() == before


@pytest.mark.parametrize(("place", "case"), ALL)
async def test_the_same_request_with_a_place_of_ones_own_is_done(world: World, place: str, case: Asked) -> None:
    answer = await case.ask(world, case.own(world))
    assert answer.status_code in (200, 201), answer.text


NEW = "450481100299"
NEW_GRID = NEW + "001"
NEW_TOWN = "450481199"


NOT_ARRIVED: Mapping[tuple[str, str], tuple[Ask, str]] = {
    ("drawGrid", "code"): (draw_code, NEW_GRID),
    ("drawGrids", "grids[].code"): (draw_all_code, NEW_GRID),
    ("drawGeoJson", "features[].properties.code"): (draw_geojson, NEW_GRID),
    ("reportIncident", "area"): (report_in_new, NEW),
    ("createUnit", "area"): (make_unit, NEW),
    ("enterDuty", "area"): (duty_of, NEW_TOWN),
    ("reportInPublic", "area"): (report_publicly, NEW),
}
"""Villages that registry may have announced and that have not arrived here, wherever a body names one."""
GRIDS_OWN = {
    ("closeGrid", "successors[]"): "an open grid",
    ("changeGrids", "ends[].code"): "an open grid",
    ("changeGrids", "draws[].code"): "of the village of the grids that end",
    ("changeGrids", "redraws[].code"): "an open grid",
    ("changeGrids", "heir"): "an open grid",
    ("changeGrids", "residents[].code"): "a grid of the change",
    ("placeResidents", "residents[].code"): "a grid of the change",
    ("appointStaff", "grid"): "an open grid",
    ("placeIncident", "area"): "an open grid",
    ("planReception", "area"): "a town or county of the caller's",
    ("registerPetition", "area"): "what a petition is about; it is the office's of the caller's town or county",
    ("requestGridErasure", "area"): "the caller's, in which something is due",
    ("beginDictionaryImport", "area"): "the caller's county",
    ("reviseDictionaryDraft", "categories[].code"): "a category, no place",
}
"""Places of which grid knows itself: what is not there never was."""


def test_every_village_that_a_body_names_is_asked_for() -> None:
    named = {
        (operation, place)
        for operation, places in second_places("grid").items()
        if operation not in LEDGERS
        for place in places
        if not place.startswith("path.")
        if place.removesuffix("[]").rpartition(".")[2] in ("code", "area", "successors", "heir", "grid")
    }
    assert named == NOT_ARRIVED.keys() | GRIDS_OWN.keys()


@pytest.mark.parametrize(
    ("place", "ask", "code"), [pytest.param(one[1], *how, id="-".join(one)) for one, how in NOT_ARRIVED.items()]
)
async def test_a_village_that_has_not_arrived_is_no_final_refusal(
    world: World, facts: Facts, place: str, ask: Ask, code: str
) -> None:
    """The client may have it from registry already: it is told to come again, and which place it is about."""
    before = await facts()
    answer = await ask(world, code)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet"), answer.text
    assert answer.headers["retry-after"] == "1"
    assert names(place, answer), answer.text
    assert await facts() == before


ENDED_VILLAGE, ENDED_TOWN = "450481100203", "450481102"


@pytest.mark.parametrize(
    ("ask", "code", "refusal"),
    [
        (make_unit, ENDED_VILLAGE, "unit_area_unknown"),
        (make_unit, FIRST_GRID[:12] + "009", "unit_area_unknown"),
        (duty_of, ENDED_TOWN, "duty_area_unknown"),
        (report_in_new, ENDED_VILLAGE, "incident_area_unknown"),
    ],
)
async def test_nothing_is_entered_for_an_area_that_is_no_more(
    world: World, arrivals: Arrivals, facts: Facts, ask: Ask, code: str, refusal: str
) -> None:
    await arrivals.take(*(an_area(one, valid_to=date(2026, 1, 1)) for one in (ENDED_VILLAGE, ENDED_TOWN)))
    before = await facts()
    answer = await ask(world, code)
    assert (answer.status_code, answer.json()["code"]) == (422, refusal), answer.text
    assert names("area", answer), answer.text
    assert await facts() == before
