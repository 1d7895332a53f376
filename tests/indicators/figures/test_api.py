"""Figures over HTTP: what arrived is counted once, at every level, as of any day."""

from datetime import date
from random import Random
from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.contracts.envelope import State
from shared.contracts.grid.grids import GridState
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    VILLAGE,
    a_case,
    a_household,
    a_person,
    a_span,
    a_tag,
    an_incident,
    at,
)

COUNTY = "450481"
OFFICER = a_principal("county_officer", COUNTY)
CLERK = a_principal("village_clerk", VILLAGE)
OPENING = date(2026, 1, 1)


def an_area(code: str, **what_matters: Any) -> AreaState:
    kinds = {4: "prefecture", 6: "county", 9: "town", 12: "villagers_committee"}
    valid: dict[str, Any] = {
        "id": code,
        "code": code,
        "version": 1,
        "name": f"测试{code}",
        "level": len(code),
        "kind": kinds[len(code)],
        "parent": None,
        "valid_from": date(2023, 6, 30),
    }
    return AreaState(**(valid | what_matters))


def a_grid(code: str) -> GridState:
    ring = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))
    return GridState(
        id=code, code=code, version=1, village=code[:12], kind="comprehensive", polygon=ring, valid_from=OPENING
    )


TREE: tuple[State, ...] = (
    an_area("4504"),
    an_area(COUNTY, opening_day=OPENING),
    *(an_area(code) for code in (VILLAGE[:9], OTHER_VILLAGE[:9], VILLAGE, OTHER_VILLAGE)),
    a_grid(GRID),
    a_grid(OTHER_GRID),
)


async def ask(door: Door, principal: Principal, **query: Any) -> httpx.Response:
    async with door.client(principal) as client:
        return await client.get("/values", params=query)


async def value(door: Door, area: str, code: str, principal: Principal = OFFICER, **query: Any) -> Any:
    answer = await ask(door, principal, area=area, code=code, **query)
    assert answer.status_code == 200, answer.text
    [figure] = answer.json()["values"]
    return figure["value"]


async def test_a_resident_counts_in_grid_village_town_and_county(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person())
    counts = [await value(door, GRID[:length], "POP-RES") for length in (15, 12, 9, 6)]
    assert counts == [1, 1, 1, 1]
    assert await value(door, OTHER_GRID, "POP-RES") == 0


async def test_what_arrives_twice_counts_once(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(), a_person())
    await arrivals.take(a_person())
    await arrivals.take(a_person(), revision=7)
    assert await value(door, COUNTY, "POP-RES") == 1


async def test_a_state_that_comes_late_does_not_win(door: Door, arrivals: Arrivals) -> None:
    gone = a_person(version=2, residence=(a_span(end=date(2026, 2, 1)),))
    await arrivals.take(*TREE, gone)
    await arrivals.take(a_person(version=1))
    assert await value(door, VILLAGE, "POP-RES") == 0


async def test_a_stock_is_asked_for_as_of_any_day(door: Door, arrivals: Arrivals) -> None:
    moved = date(2026, 2, 1)
    await arrivals.take(*TREE, a_person(residence=(a_span(end=moved), a_span(OTHER_VILLAGE, moved))))
    assert await value(door, VILLAGE, "POP-RES", as_of="2026-01-31") == 1
    assert await value(door, VILLAGE, "POP-RES", as_of="2026-02-01") == 0
    assert await value(door, OTHER_VILLAGE, "POP-RES", as_of="2026-02-01") == 1


async def test_before_the_opening_day_nothing_is_known(door: Door, arrivals: Arrivals) -> None:
    long_ago = date(1990, 7, 1)
    await arrivals.take(*TREE, a_person(residence=(a_span(start=long_ago),)))
    assert await value(door, COUNTY, "POP-RES", as_of="2025-12-31") is None
    assert await value(door, COUNTY, "POP-RES", as_of="2026-01-01") == 1


async def test_flows_run_from_the_first_of_january_or_from_the_day_named(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(
        *TREE, an_incident(1), an_incident(2, reported_at=at(date(2026, 3, 2)), filed_at=None, due_at=None)
    )
    assert await value(door, COUNTY, "INC-REPORTED") == 2
    assert await value(door, COUNTY, "INC-REPORTED", since="2026-03-01") == 1
    assert await value(door, COUNTY, "INC-REPORTED", since="2026-01-01", as_of="2026-01-04") == 0


async def test_a_ratio_keeps_both_counts_and_nothing_of_nothing_is_null(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    answer = await ask(door, OFFICER, area=COUNTY, code="INC-IN-TIME-RATE")
    [empty] = answer.json()["values"]
    assert (empty["numerator"], empty["denominator"], empty["rate"], empty["value"]) == (0, 0, None, None)
    closed = an_incident(1, status=IncidentStatus.CLOSED, closed_at=at(date(2026, 1, 6)), version=2)
    late = an_incident(2, status=IncidentStatus.CLOSED, closed_at=at(date(2026, 1, 9)), version=2)
    await arrivals.take(closed, late, an_incident(3))
    answer = await ask(door, OFFICER, area=COUNTY, code=["INC-IN-TIME-RATE", "INC-CLOSING-RATE"])
    rates = {
        figure["code"]: (figure["numerator"], figure["denominator"], figure["rate"])
        for figure in answer.json()["values"]
    }
    assert rates == {"INC-IN-TIME-RATE": (1, 3, "33.33"), "INC-CLOSING-RATE": (2, 3, "66.67")}


async def test_the_whole_is_the_sum_of_its_parts_at_every_level(door: Door, arrivals: Arrivals) -> None:
    """A random county: for every indicator, area = Σ children + own, and Σ grids is counted another way."""
    random = Random(7)
    places = [GRID, OTHER_GRID, VILLAGE, OTHER_VILLAGE]
    states: list[State] = []
    for number in range(60):
        start = date(2026, 1, random.randint(2, 28))
        area = random.choice(places)
        end = random.choice([None, date(2026, 2, random.randint(1, 28))])
        spans = (
            (a_span(area, start, end),)
            if end is None
            else (a_span(area, start, end), a_span(random.choice(places), end))
        )
        born = f"{random.randint(1930, 2025)}-0{random.randint(1, 9)}"
        states.append(a_person(number, residence=spans, sex=random.choice("12"), birth_month=born))
        states.append(a_household(number, area=random.choice(places)))
        states.append(a_tag(number, residence=spans))
        states.append(an_incident(number, area=random.choice(places)))
        states.append(a_case(number, area=random.choice([VILLAGE, VILLAGE[:9], OTHER_VILLAGE, COUNTY])))
    random.shuffle(states)
    await arrivals.take(*TREE, *states[:150])
    await arrivals.take(*states[150:])
    for area in ("4504", COUNTY, VILLAGE[:9], VILLAGE):
        answer = await ask(door, a_principal("operator", "4504"), area=area, breakdown="children")
        assert answer.status_code == 200
        body = answer.json()
        for number, figure in enumerate(body["values"]):
            for column in ("value", "numerator", "denominator"):
                if figure[column] is not None:
                    parts = sum(child["values"][number][column] for child in body["children"])
                    assert figure[column] == parts + body["own"]["values"][number][column], (area, figure["code"])
    county = (await ask(door, OFFICER, area=COUNTY, breakdown="children")).json()
    people = next(number for number, figure in enumerate(county["values"]) if figure["code"] == "POP-RES")
    assert county["own"]["values"][people]["value"] == 0
    village = (await ask(door, OFFICER, area=VILLAGE, code="POP-RES", breakdown="children")).json()
    in_grids = sum(child["values"][0]["value"] for child in village["children"])
    ungridded = sum(
        1
        for state in states
        if state.noun == "registry.person"
        for span in getattr(state, "residence", ())
        if span.area == VILLAGE and span.end is None
    )
    assert village["own"]["values"][0]["value"] == ungridded
    assert in_grids > 0


async def test_the_order_of_arrival_does_not_matter(door: Door, arrivals: Arrivals) -> None:
    person = [a_person(version=1), a_person(version=2, residence=(a_span(OTHER_VILLAGE),)), a_person(version=3)]
    for state in (person[0], person[2], person[1]):
        await arrivals.take(state)
    assert await value(door, VILLAGE, "POP-RES") == 1
    assert await value(door, OTHER_VILLAGE, "POP-RES") == 0


async def test_a_clerk_of_another_village_is_told_not_found(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    other = a_principal("village_clerk", OTHER_VILLAGE)
    refused, unknown = await ask(door, other, area=VILLAGE), await ask(door, other, area="110101001001")
    assert refused.status_code == unknown.status_code == 404
    bodies = [{**answer.json(), "request_id": None} for answer in (refused, unknown)]
    assert bodies[0] == bodies[1]


async def test_restricted_figures_are_for_those_who_may_see_restricted_tags(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    assert (await ask(door, OFFICER, area=COUNTY, code="TAG-RESTRICTED")).status_code == 404
    registrar = a_principal("county_registrar", COUNTY)
    assert (await ask(door, registrar, area=COUNTY, code="TAG-RESTRICTED")).status_code == 200
    shown = {figure["code"] for figure in (await ask(door, OFFICER, area=COUNTY)).json()["values"]}
    assert "POP-RES" in shown
    assert "TAG-RESTRICTED" not in shown


async def test_an_answer_says_how_fresh_it_is(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person())
    fresh = {one["noun"]: one for one in (await ask(door, OFFICER, area=COUNTY)).json()["fresh_through"]}
    assert fresh["registry.person"] == {"noun": "registry.person", "newest": "2026-03-01T16:00:00+08:00", "lag": 0}
    assert fresh["grid.visit"]["newest"] is None


async def test_a_series_shows_each_day(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(), a_case(status=CaseStatus.CLOSED, closed_at=at(date(2026, 1, 8))))
    async with door.client(OFFICER) as client:
        query = {"area": COUNTY, "since": "2026-01-04", "until": "2026-01-09"}
        stock = (await client.get("/series", params={**query, "code": "POP-RES"})).json()
        flow = (await client.get("/series", params={**query, "code": "CASE-CLOSED"})).json()
        early = (await client.get("/series", params={**query, "since": "2025-12-31", "code": "POP-RES"})).json()
        backwards = await client.get("/series", params={**query, "until": "2026-01-01", "code": "POP-RES"})
    assert [day["value"] for day in stock["days"]] == [0, 1, 1, 1, 1, 1]
    assert [day["value"] for day in flow["days"]] == [0, 0, 0, 0, 1, 0]
    assert [day["value"] for day in early["days"][:2]] == [None, 0]
    assert backwards.json()["code"] == "period_out_of_range"


async def test_at_least_fifteen_definitions_say_what_they_mean(door: Door) -> None:
    async with door.client(CLERK) as client:
        shown = (await client.get("/definitions")).json()["items"]
    assert len(shown) >= 15
    assert all(one["meaning"] and one["department"] and one["name"] for one in shown)


@pytest.mark.parametrize(
    "query",
    [{"area": "45048"}, {"area": COUNTY, "as_of": "2026-02-30"}, {"area": COUNTY, "breakdown": "parents"}, {}],
)
async def test_bad_questions_are_refused_with_paths(door: Door, query: dict[str, str]) -> None:
    answer = await ask(door, OFFICER, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"]
