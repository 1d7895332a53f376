"""How figures add up: stocks and flows, ratios, series, areas and their parts."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from services.indicators.figures.domain import per_cent
from shared.contracts.envelope import State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.persons import PersonState
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import (
    COUNTY,
    OFFICER,
    PREFECTURE,
    TOWN,
    TREE,
    an_area,
    ask,
    by_code,
    counts,
    figures,
    value,
    values_of,
)
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    START,
    VILLAGE,
    a_case,
    a_household,
    a_person,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    at,
)


async def test_a_resident_counts_in_grid_village_town_and_county(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person())
    counts = [await value(door, GRID[:length], "POP-RES") for length in (15, 12, 9, 6)]
    assert counts == [1, 1, 1, 1]
    assert await value(door, OTHER_GRID, "POP-RES") == 0


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


async def test_a_rate_of_one_count_out_of_none_is_neither_all_nor_nothing(door: Door, arrivals: Arrivals) -> None:
    done = a_visit(status=VisitStatus.DONE, done_on=date(2026, 1, 8))
    await arrivals.take(*TREE, done)
    assert await counts(door, VILLAGE, "VISIT-RATE") == (1, 1, "100.00")
    assert await counts(door, VILLAGE, "VISIT-RATE", since="2026-01-10") == (0, 0, None)
    assert await values_of(door, ["VISIT-DONE", "VISIT-DUE"], VILLAGE, since="2026-01-09") == [0, 1]


async def test_a_rate_is_asked_for_a_period_by_the_day_that_things_fell_due(door: Door, arrivals: Arrivals) -> None:
    """Closed in January, due in February: it counts where it was due."""
    early = a_case(1, status=CaseStatus.CLOSED, closed_at=at(date(2026, 1, 20)), due_on=date(2026, 2, 10))
    missed = a_case(2, due_on=date(2026, 2, 12))
    await arrivals.take(*TREE, early, missed)
    rate = "CASE-IN-TIME-RATE"
    assert await counts(door, COUNTY, rate, as_of="2026-01-31") == (0, 0, None)
    assert await counts(door, COUNTY, rate, as_of="2026-02-28", since="2026-02-01") == (1, 2, "50.00")
    assert await value(door, COUNTY, "CASE-CLOSED", as_of="2026-01-31") == 1


async def test_the_rate_of_a_town_comes_from_its_counts_and_not_from_the_rates_of_its_villages(
    door: Door, arrivals: Arrivals
) -> None:
    sibling = TOWN + "202"
    done = [a_visit(number, status=VisitStatus.DONE, done_on=date(2026, 1, 8), area=VILLAGE) for number in (1, 2, 3)]
    await arrivals.take(*TREE, an_area(sibling), *done, a_visit(4, area=sibling))
    body = (await ask(door, OFFICER, area=TOWN, code="VISIT-RATE", breakdown="children")).json()
    assert [child["values"][0]["rate"] for child in body["children"]] == ["100.00", "0.00"]
    assert body["values"][0]["rate"] == "75.00"


async def test_a_figure_is_a_value_or_a_ratio_and_never_both(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(), a_visit())
    for code, figure in (await figures(door, COUNTY)).items():
        shown = [figure["value"] is not None, figure["numerator"] is not None, figure["denominator"] is not None]
        if figure["observations"] == 0:
            assert shown == [False, False, False], code  # how long did it take, of nothing
            continue
        assert shown == ([False, True, True] if code.endswith("RATE") else [True, False, False]), code


async def test_a_stock_does_not_ask_when_the_period_began(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(residence=(a_span(start=date(2019, 5, 1)),)))
    assert await value(door, VILLAGE, "POP-RES", since="2026-03-01") == 1


async def test_the_last_day_of_a_period_belongs_to_it(door: Door, arrivals: Arrivals) -> None:
    """A business day ends at midnight in Shanghai, whatever the day is in UTC."""
    late, early = at(date(2026, 2, 1), 23), at(date(2026, 2, 2), 0)
    reported = [
        an_incident(number, reported_at=moment, filed_at=None, due_at=None)
        for number, moment in enumerate((late, early), start=1)
    ]
    await arrivals.take(*TREE, *reported)
    assert await value(door, GRID, "INC-REPORTED", since="2026-02-01", as_of="2026-02-01") == 1
    assert await value(door, VILLAGE, "INC-REPORTED", since="2026-02-02", as_of="2026-02-02") == 1
    assert await value(door, VILLAGE, "INC-REPORTED", since="2026-02-01", as_of="2026-02-02") == 2


# -- the opening day


async def test_before_the_opening_day_everything_below_the_county_is_unknown_too(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(residence=(a_span(start=date(2020, 1, 1)),)), an_incident())
    for area in (COUNTY, TOWN, VILLAGE, GRID):
        for code, figure in (await figures(door, area, as_of="2025-12-31")).items():
            assert {figure[key] for key in ("value", "numerator", "denominator", "rate")} == {None}, (area, code)
    body = (await ask(door, OFFICER, area=VILLAGE, as_of="2025-12-31", breakdown="children")).json()
    assert {figure["value"] for part in (*body["children"], body["own"]) for figure in part["values"]} == {None}


async def test_a_county_without_an_opening_day_knows_its_whole_past(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(an_area(COUNTY), an_area(VILLAGE), a_person(residence=(a_span(start=date(1999, 5, 1)),)))
    assert await value(door, COUNTY, "POP-RES", as_of="1999-05-01") == 1
    assert await value(door, COUNTY, "POP-RES", as_of="1999-04-30") == 0


# -- parts and the whole


async def test_what_lies_outside_every_grid_is_the_villages_own(door: Door, arrivals: Arrivals) -> None:
    in_grid, ungridded = a_person(1), [a_person(number, residence=(a_span(VILLAGE),)) for number in (2, 3)]
    await arrivals.take(*TREE, in_grid, *ungridded)
    body = (await ask(door, OFFICER, area=VILLAGE, code="POP-RES", breakdown="children")).json()
    parts = {child["area"]: child["values"][0]["value"] for child in body["children"]}
    assert (body["values"][0]["value"], parts) == (3, {GRID: 1, OTHER_GRID: 0})
    assert body["own"]["values"][0]["value"] == 2


async def test_what_was_written_at_a_town_is_its_own_and_no_village_holds_it(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_case(1), a_case(2, area=TOWN), a_case(3, area=COUNTY))
    town = (await ask(door, OFFICER, area=TOWN, code="CASE-ACCEPTED", breakdown="children")).json()
    county = (await ask(door, OFFICER, area=COUNTY, code="CASE-ACCEPTED", breakdown="children")).json()
    assert (town["values"][0]["value"], town["own"]["values"][0]["value"]) == (2, 1)
    assert (county["values"][0]["value"], county["own"]["values"][0]["value"]) == (3, 1)
    assert [child["values"][0]["value"] for child in county["children"]] == [0, 2]


async def test_a_remainder_has_both_counts_of_a_ratio_and_its_own_rate(door: Door, arrivals: Arrivals) -> None:
    visits = [a_visit(1, area=VILLAGE, status=VisitStatus.DONE, done_on=START), a_visit(2, area=VILLAGE), a_visit(3)]
    await arrivals.take(*TREE, *visits)
    own = (await ask(door, OFFICER, area=VILLAGE, code="VISIT-RATE", breakdown="children")).json()["own"]
    figure = own["values"][0]
    assert (figure["numerator"], figure["denominator"], figure["rate"]) == (1, 2, "50.00")


@pytest.mark.parametrize(
    ("code", "states"),
    [
        ("POP-RES", [a_person(1), a_person(2, residence=(a_span(OTHER_GRID),)), a_person(3)]),
        ("HOUSEHOLDS", [a_household(1), a_household(2, area=OTHER_GRID, dissolved_on=date(2026, 5, 1))]),
        ("TAG-CARE", [a_tag(1), a_tag(2, residence=(a_span(OTHER_GRID),), ended_on=date(2026, 2, 1))]),
        ("INC-OPEN", [an_incident(1), an_incident(2, area=OTHER_GRID)]),
        ("VISIT-DUE", [a_visit(1), a_visit(2, area=OTHER_GRID, due_on=date(2025, 12, 31))]),
        ("INC-CLOSING-RATE", [an_incident(1, closed_at=at(START)), an_incident(2, area=OTHER_GRID)]),
    ],
)
async def test_the_grids_counted_from_their_states_come_to_the_village_counted_from_its_deltas(
    door: Door, arrivals: Arrivals, code: str, states: list[State]
) -> None:
    await arrivals.take(*TREE, *states)
    body = (await ask(door, OFFICER, area=VILLAGE, code=code, breakdown="children")).json()
    column = "denominator" if code.endswith("RATE") else "value"
    assert body["values"][0][column] == sum(child["values"][0][column] for child in body["children"]) > 0
    assert body["own"]["values"][0][column] == 0
    for child in body["children"]:
        assert by_code(child["values"]) == await figures(door, child["area"], code=code)


async def test_a_person_in_two_grids_at_two_times_counts_in_each_at_its_time(door: Door, arrivals: Arrivals) -> None:
    moved = date(2026, 2, 1)
    person: PersonState = a_person(residence=(a_span(GRID, end=moved), a_span(OTHER_GRID, moved)))
    await arrivals.take(*TREE, person)
    assert [await value(door, grid, "POP-RES", as_of="2026-01-31") for grid in (GRID, OTHER_GRID)] == [1, 0]
    assert [await value(door, grid, "POP-RES", as_of="2026-02-01") for grid in (GRID, OTHER_GRID)] == [0, 1]
    assert await value(door, VILLAGE, "POP-RES") == 1


async def test_a_prefecture_counts_what_its_counties_hold(door: Door, arrivals: Arrivals) -> None:
    elsewhere = "450422001001"
    await arrivals.take(*TREE, an_area("450422"), a_person(1), a_person(2, residence=(a_span(elsewhere),)))
    above = a_principal("auditor", PREFECTURE)
    body = (await ask(door, above, area=PREFECTURE, code="POP-RES", breakdown="children")).json()
    assert {child["area"]: child["values"][0]["value"] for child in body["children"]} == {"450422": 1, COUNTY: 1}
    assert (body["values"][0]["value"], body["own"]["values"][0]["value"]) == (2, 0)


# -- rates


@pytest.mark.parametrize(
    ("count", "base", "rate"), [(911, 972, "93.72"), (737, 972, "75.82"), (11, 11, "100.00"), (16, 93, "17.20")]
)
def test_rates_are_exact_and_rounded_half_up(count: int, base: int, rate: str) -> None:
    assert per_cent(count, base) == Decimal(rate)


def test_nothing_of_nothing_is_no_rate() -> None:
    assert per_cent(0, 0) is None
    assert per_cent(1, None) is None
    assert per_cent(1, 800) == Decimal("0.13")  # 0.125 rounds up
