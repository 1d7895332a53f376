"""Figures above the counties, and before a county's opening day: what is told, what adds up, what is left out."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import COUNTY, PREFECTURE, TREE, an_area, ask, by_code
from tests.indicators.states import a_person, a_span, an_incident, at

PROVINCE = "45"
LATE, LATE_VILLAGE = "450482", "450482100201"
NEIGHBOUR, FAR_COUNTY, FAR_VILLAGE = "4503", "450324", "450324100201"
UNOPENED = date(2026, 2, 1)
MINISTRY = a_principal("operator", PROVINCE)


async def told(door: Door, area: str, code: str, **query: Any) -> Any:
    """Value of the area, of its children by area, and what is its own."""
    answer = await ask(door, MINISTRY, area=area, code=code, breakdown="children", **query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    children = {child["area"]: by_code(child["values"])[code]["value"] for child in body["children"]}
    return by_code(body["values"])[code]["value"], children, by_code(body["own"]["values"])[code]["value"]


@pytest.fixture
async def three_counties(arrivals: Arrivals) -> None:
    """Two of one prefecture, of which one opens on 1 February; one of another prefecture. One resident in each."""
    places = (PROVINCE, NEIGHBOUR, FAR_COUNTY, FAR_COUNTY + "100", FAR_VILLAGE, LATE + "100", LATE_VILLAGE)
    await arrivals.take(
        *TREE,
        *(an_area(code) for code in places),
        an_area(LATE, books_opened_on=UNOPENED),
        a_person(1),
        *(a_person(n, residence=(a_span(village),)) for n, village in ((2, LATE_VILLAGE), (3, FAR_VILLAGE))),
    )


async def test_a_province_is_the_sum_of_its_prefectures(door: Door, three_counties: None) -> None:
    assert await told(door, PROVINCE, "POP-RES") == (3, {NEIGHBOUR: 1, PREFECTURE: 2}, 0)
    assert await told(door, NEIGHBOUR, "POP-RES") == (1, {FAR_COUNTY: 1}, 0)
    assert await told(door, PREFECTURE, "POP-RES") == (2, {COUNTY: 1, LATE: 1}, 0)


async def test_a_county_that_has_not_opened_has_no_figures_and_counts_in_none_above_it(
    door: Door, three_counties: None
) -> None:
    day = "2026-01-31"
    assert await told(door, PREFECTURE, "POP-RES", as_of=day) == (1, {COUNTY: 1, LATE: None}, 0)
    assert await told(door, PROVINCE, "POP-RES", as_of=day) == (2, {NEIGHBOUR: 1, PREFECTURE: 1}, 0)
    assert (await told(door, LATE, "POP-RES", as_of=day))[0] is None
    day = "2025-12-31"
    assert (await told(door, PREFECTURE, "POP-RES", as_of=day))[:2] == (None, {COUNTY: None, LATE: None})
    assert await told(door, PROVINCE, "POP-RES", as_of=day) == (0, {NEIGHBOUR: 0, PREFECTURE: None}, 0)


async def test_flows_add_up_above_the_counties_too(door: Door, arrivals: Arrivals, three_counties: None) -> None:
    reported = at(date(2026, 1, 8))
    await arrivals.take(
        *(an_incident(n, area=area, reported_at=reported) for n, area in enumerate((LATE_VILLAGE, FAR_VILLAGE), 1))
    )
    assert await told(door, PROVINCE, "INC-REPORTED", as_of="2026-01-31") == (1, {NEIGHBOUR: 1, PREFECTURE: 0}, 0)
    assert await told(door, PROVINCE, "INC-REPORTED") == (2, {NEIGHBOUR: 1, PREFECTURE: 1}, 0)


@pytest.mark.parametrize("area", [PROVINCE, PREFECTURE, NEIGHBOUR, LATE])
@pytest.mark.parametrize("code", ["POP-RES", "INC-REPORTED"])
async def test_each_day_of_a_series_is_the_value_of_that_day_above_the_counties_too(
    door: Door, arrivals: Arrivals, three_counties: None, area: str, code: str
) -> None:
    days: Iterable[tuple[int, date]] = enumerate((date(2026, 1, 31), UNOPENED), 1)
    await arrivals.take(*(an_incident(n, area=LATE_VILLAGE, reported_at=at(day)) for n, day in days))
    query = {"area": area, "code": code, "since": "2025-12-30", "until": "2026-02-02"}
    answer = await ask(door, MINISTRY, "/series", **query)
    assert answer.status_code == 200, answer.text
    for one in answer.json()["days"]:
        if one["day"] in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-02"):
            since = {"since": one["day"]} if code == "INC-REPORTED" else {}
            assert one["value"] == (await told(door, area, code, as_of=one["day"], **since))[0], one["day"]
