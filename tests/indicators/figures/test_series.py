"""Series: each day of one indicator as it stood, or what fell on it."""

from datetime import date

import pytest

from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import (
    COUNTY,
    OFFICER,
    TOWN,
    TREE,
    ask,
    days_of,
    value,
)
from tests.indicators.states import (
    OTHER_VILLAGE,
    VILLAGE,
    a_case,
    a_person,
    a_span,
    a_visit,
    an_incident,
    at,
)


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


async def test_a_series_of_a_ratio_has_both_counts_of_each_day(door: Door, arrivals: Arrivals) -> None:
    done = a_visit(1, status=VisitStatus.DONE, done_on=date(2026, 1, 7))
    await arrivals.take(*TREE, done, a_visit(2), a_visit(3, due_on=date(2026, 1, 10)))
    found = await days_of(door, VILLAGE, "VISIT-RATE", "2026-01-08", "2026-01-10")
    assert found == [(0, 0), (1, 2), (0, 1)]
    question = {"area": VILLAGE, "code": "VISIT-RATE", "since": "2026-01-08", "until": "2026-01-10"}
    days = (await ask(door, OFFICER, "/series", **question)).json()["days"]
    assert [(day["value"], day["rate"]) for day in days] == [(None, None), (None, "50.00"), (None, "0.00")]


async def test_a_series_of_a_stock_begins_with_what_was_there_before(door: Door, arrivals: Arrivals) -> None:
    left = a_person(2, residence=(a_span(start=date(2026, 1, 2), end=date(2026, 2, 3)),))
    await arrivals.take(*TREE, a_person(1), left, a_person(3, residence=(a_span(start=date(2026, 2, 2)),)))
    found = await days_of(door, TOWN, "POP-RES", "2026-02-01", "2026-02-04")
    assert found == [(2, None), (3, None), (2, None), (2, None)]


@pytest.mark.parametrize("code", ["POP-RES", "INC-OPEN", "INC-REPORTED", "VISIT-DUE"])
async def test_each_day_of_a_series_is_the_value_of_that_day(door: Door, arrivals: Arrivals, code: str) -> None:
    closed = an_incident(1, status=IncidentStatus.CLOSED, closed_at=at(date(2026, 1, 7)))
    moved = a_person(1, residence=(a_span(end=date(2026, 1, 8)), a_span(OTHER_VILLAGE, date(2026, 1, 8))))
    await arrivals.take(*TREE, closed, an_incident(2), moved, a_person(2), a_visit())
    series = [day for day, _ in await days_of(door, TOWN, code, "2026-01-04", "2026-01-10")]
    stock = code in ("POP-RES", "INC-OPEN")
    for number, counted in enumerate(series):
        day = f"2026-01-{number + 4:02d}"
        assert counted == await value(door, TOWN, code, as_of=day, since="2026-01-01" if stock else day), day
    assert len(set(series)) > 1
