"""Tables and series by period: each cell is the figure that is told alone, beside what it is compared with."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from shared.contracts.registry.postings import PostingKind
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import (
    CLERK,
    COUNTY,
    FAR_GRID,
    OFFICER,
    OTHER_TOWN,
    PREFECTURE,
    REGISTRAR,
    TOWN,
    TREE,
    a_grid,
    an_area,
    ask,
    figures,
)
from tests.indicators.figures.tables import answer_of, refused, table_of, told
from tests.indicators.figures.test_races import RandomCounty
from tests.indicators.ledgers import SEEKERS, a_ledger, a_seeker
from tests.indicators.states import (
    GRID,
    OTHER_VILLAGE,
    VILLAGE,
    a_case,
    a_posting,
    a_restricted_tag,
    at,
)

OLD_BOOKS = an_area(COUNTY, version=2, books_opened_on=date(2024, 1, 1))
SEEKING = "registry.job_seekers.registered"
AREAS = [COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE, GRID]
CODES = ["POP-RES", "POP-AGE-60", "BIRTHS", "INC-OPEN", "INC-CLOSING-RATE", "CASE-IN-TIME-RATE", "CASE-DAYS-P90"]


def births(*days: str, village: str = VILLAGE) -> list[Any]:
    return [
        a_posting(int(day.replace("-", "")), kind=PostingKind.BIRTH, area=village, occurred_on=date.fromisoformat(day))
        for day in days
    ]


@pytest.mark.parametrize("period", ["2026-02", "2026-Q1", "2026-W07", "2026-02-17", None])
async def test_each_cell_is_the_figure_that_is_told_alone(door: Door, arrivals: Arrivals, period: str | None) -> None:
    await arrivals.take(*TREE, a_grid(FAR_GRID), *RandomCounty(21).states(64))
    known = [one for one in CODES if one in await figures(door, COUNTY)]
    query: dict[str, Any] = {"area": AREAS, "code": known} | ({} if period is None else {"period": period})
    answer = await answer_of(door, "/values/table", **query)
    of = answer["period"]
    assert (of["since"], of["as_of"], of["running"]) == {
        "2026-02": ("2026-02-01", "2026-02-28", False),
        "2026-Q1": ("2026-01-01", "2026-03-16", True),
        "2026-W07": ("2026-02-09", "2026-02-15", False),
        "2026-02-17": ("2026-02-17", "2026-02-17", False),
        None: ("2026-01-01", "2026-03-16", True),
    }[period]
    assert [row["area"] for row in answer["areas"]] == AREAS
    for row in answer["areas"]:
        alone = await figures(door, row["area"], code=known, since=of["since"], as_of=of["as_of"])
        cells = {cell["code"]: {key: cell[key] for key in cell if key != "compared"} for cell in row["values"]}
        assert cells == alone, row["area"]
    assert any(told(cell) for row in answer["areas"] for cell in row["values"])


async def test_a_figure_stands_beside_the_period_before_a_year_ago_and_the_area_above(
    door: Door, arrivals: Arrivals
) -> None:
    before = births("2025-02-01", "2025-02-28", "2025-02-27", "2026-01-31", "2026-02-01", "2026-02-28", "2026-02-03")
    more = births("2026-02-04", "2026-02-05", village=OTHER_VILLAGE)
    await arrivals.take(*TREE, OLD_BOOKS, *before, *more)
    query: dict[str, Any] = {"area": [VILLAGE, COUNTY], "code": "BIRTHS", "period": "2026-02"}
    cells = await table_of(door, **query, compare=["previous", "last_year", "parent"])
    by = {one["against"]: one for one in cells[VILLAGE, "BIRTHS"]["compared"]}
    assert {name: (one["value"], one["change"], one["change_rate"]) for name, one in by.items()} == {
        "previous": (1, 2, "200.00"),
        "last_year": (3, 0, "0.00"),
        "parent": (3, 0, "0.00"),
    }
    assert [one["against"] for one in cells[COUNTY, "BIRTHS"]["compared"]] == ["previous", "last_year"], "out of scope"
    assert cells[COUNTY, "BIRTHS"]["value"] == 5
    answer = await answer_of(door, "/values/table", **query, compare=["last_year"])
    assert (answer["previous"], answer["last_year"]["period"]) == (None, "2025-02")


async def test_a_running_month_is_compared_with_the_same_days_of_others(door: Door, arrivals: Arrivals) -> None:
    days = ("2026-03-16", "2026-02-16", "2026-02-17", "2025-03-16", "2025-03-17", "2025-03-31")
    await arrivals.take(*TREE, OLD_BOOKS, *births(*days))
    cells = await table_of(door, area=COUNTY, code="BIRTHS", period="2026-03", compare=["previous", "last_year"])
    assert [one["value"] for one in cells[COUNTY, "BIRTHS"]["compared"]] == [1, 1]


async def test_rates_are_compared_in_points_and_nothing_is_no_base_of_a_change(door: Door, arrivals: Arrivals) -> None:
    closed = {"status": CaseStatus.CLOSED, "closed_at": at(date(2026, 1, 9))}
    cases = [a_case(1, **closed), a_case(2), a_case(3, **closed, due_on=date(2026, 2, 9))]
    await arrivals.take(*TREE, *cases, *births("2026-02-03"))
    query: dict[str, Any] = {"area": COUNTY, "code": ["CASE-IN-TIME-RATE", "BIRTHS", "CASE-ACCEPTED"]}
    cells = await table_of(door, **query, period="2026-02", compare="previous")
    (rate,) = cells[COUNTY, "CASE-IN-TIME-RATE"]["compared"]
    assert (rate["rate"], rate["points"], rate["change"], rate["change_rate"]) == ("50.00", "50.00", None, None)
    (born,) = cells[COUNTY, "BIRTHS"]["compared"]
    assert (born["value"], born["change"], born["change_rate"], born["points"]) == (0, 1, None, None)
    (accepted,) = cells[COUNTY, "CASE-ACCEPTED"]["compared"]
    assert (accepted["change"], accepted["change_rate"]) == (-3, "-100.00")
    unknown = await table_of(door, **query, period="2026-01", compare="previous")
    (before_opening,) = unknown[COUNTY, "BIRTHS"]["compared"]
    assert (before_opening["value"], before_opening["change"]) == (None, None)


async def test_a_clerk_is_not_told_of_the_town_above(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *births("2026-02-03"))
    answer = await answer_of(door, "/values/table", CLERK, area=VILLAGE, code="BIRTHS", compare="parent")
    assert answer["areas"][0]["values"][0]["compared"] == []
    assert (await ask(door, CLERK, "/values/table", area=[VILLAGE, TOWN], code="BIRTHS")).status_code == 404


async def test_children_stand_behind_their_areas(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *births("2026-02-03"))
    answer = await answer_of(door, "/values/table", area=[COUNTY, TOWN], code="BIRTHS", breakdown="children")
    assert [row["area"] for row in answer["areas"]] == [COUNTY, TOWN, OTHER_TOWN, VILLAGE]


async def test_restricted_figures_are_told_of_all_areas_or_of_none(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_restricted_tag())
    query: dict[str, Any] = {"area": [VILLAGE, TOWN]}
    seen = await answer_of(door, "/values/table", REGISTRAR, **query)
    assert "TAG-RESTRICTED" in {cell["code"] for cell in seen["areas"][0]["values"]}
    hidden = await answer_of(door, "/values/table", OFFICER, **query)
    assert "TAG-RESTRICTED" not in {cell["code"] for cell in hidden["areas"][0]["values"]}
    for path, more in (("/values/table", {}), ("/series/by-period", MONTHS)):
        assert (await refused(door, path, **query, code="TAG-RESTRICTED", **more))[:2] == (404, "not_found")


# -- small cells


async def test_a_small_cell_hides_its_sister_and_no_comparison_gives_it_away(door: Door, arrivals: Arrivals) -> None:
    sisters = [VILLAGE, TOWN + "202", TOWN + "203"]
    await arrivals.take(*TREE, a_ledger(SEEKERS))
    seekers = [(VILLAGE, 2), (sisters[1], 6), (sisters[2], 9)]
    numbers = iter(range(1, 100))
    await arrivals.take(*(a_seeker(next(numbers), area=area) for area, many in seekers for _ in range(many)))
    cells = await table_of(door, area=sisters, code=SEEKING, period="2026", compare=["previous", "parent"])
    found = [cells[area, SEEKING] for area in sisters]
    assert [one["hidden"] for one in found] == [True, True, False]
    assert [one["value"] for one in found] == [None, None, 9]
    assert [other["change"] for one in found[:2] for other in one["compared"]] == [None] * 4


# -- series by period

MONTHS = {"step": "month", "since": "2026-01-01", "until": "2026-03-31"}


@pytest.mark.parametrize("step", ["day", "week", "month", "quarter", "year"])
async def test_each_period_of_a_series_is_the_figure_of_that_period(door: Door, arrivals: Arrivals, step: str) -> None:
    await arrivals.take(*TREE, a_grid(FAR_GRID), *RandomCounty(22).states(48))
    areas, codes = [COUNTY, VILLAGE, GRID], ["INC-CLOSING-RATE", "MOVES-IN", "POP-RES"]
    query: dict[str, Any] = {"step": step, "since": "2026-02-20", "until": "2026-03-31"}
    answer = await answer_of(door, "/series/by-period", area=areas, code=codes, **query)
    assert [(one["area"], one["code"]) for one in answer["series"]] == list(product(areas, codes))
    assert answer["periods"][-1]["as_of"] == "2026-03-16", "today"
    for number, period in enumerate(answer["periods"]):
        if number % 7 == 0:
            cells = await table_of(door, area=areas, code=codes, period=period["period"])
            for one in answer["series"]:
                alone = dict(cells[one["area"], one["code"]])
                assert alone.pop("compared") == []
                assert one["values"][number] == alone, (period, one["area"])


async def test_months_of_a_flow_add_up_to_the_quarter_and_a_stock_is_that_of_their_last_day(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, *RandomCounty(23).states(64))
    query: dict[str, Any] = {"area": COUNTY, "code": ["CASE-ACCEPTED", "POP-RES"], **MONTHS}
    flow, stock = (await answer_of(door, "/series/by-period", **query))["series"]
    quarter = await table_of(door, area=COUNTY, code=query["code"], period="2026-Q1")
    assert sum(one["value"] for one in flow["values"]) == quarter[COUNTY, "CASE-ACCEPTED"]["value"] > 0
    assert stock["values"][-1]["value"] == quarter[COUNTY, "POP-RES"]["value"]


# -- what is refused


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/values/table", {"area": COUNTY, "period": "0000"}, ("period_unknown", ["query.period"])),
        ("/values/table", {"area": COUNTY, "period": "2026-13"}, ("period_unknown", ["query.period"])),
        ("/values/table", {"area": COUNTY, "period": "heute"}, ("invalid_request", ["query.period"])),
        ("/values/table", {"area": COUNTY, "period": "2026-04"}, ("period_not_begun", ["query.period"])),
        ("/values/table", {"area": COUNTY, "compare": "tomorrow"}, ("invalid_request", ["query.compare.0"])),
        ("/values/table", {"area": "45048"}, ("invalid_request", ["query.area.0"])),
        ("/values/table", {}, ("invalid_request", ["query.area"])),
        ("/values/table", {"area": COUNTY, "code": "BIRTHS", "dimension": "sex:1"}, ("indicator_has_no_such_axis", [])),
        (
            "/series/by-period",
            {"area": COUNTY, "code": "BIRTHS", **MONTHS, "since": "0000-01-01"},
            ("invalid_request", []),
        ),
        (
            "/series/by-period",
            {"area": COUNTY, "code": "BIRTHS", **MONTHS, "until": "2025-12-31"},
            ("period_out_of_range", ["query.until"]),
        ),
        (
            "/series/by-period",
            {"area": COUNTY, "code": "BIRTHS", **MONTHS, "since": "2026-03-17"},
            ("period_out_of_range", ["query.since"]),
        ),
    ],
)
async def test_bad_questions_are_refused_by_name(
    door: Door, path: str, query: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    status, code, paths = await refused(door, path, **query)
    assert (status, code) == (422, expected[0])
    assert paths[: len(expected[1])] == expected[1]


async def test_a_million_cells_are_refused_with_the_limit_before_anything_is_counted(door: Door) -> None:
    areas = [f"{VILLAGE[:9]}{number:03d}" for number in range(201, 301)]
    query = {"area": areas, "code": ["POP-RES", "BIRTHS"], "step": "day", "since": "2013-01-01", "until": "2026-03-16"}
    answer = await ask(door, OFFICER, "/series/by-period", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_cells")
    assert "20000" in answer.json()["detail"]
    assert "964600" in answer.json()["detail"]
    wide = await refused(door, "/values/table", area=areas, compare=["previous", "last_year"])
    assert wide[:2] == (422, "too_many_cells")


async def test_an_unknown_code_is_not_found_with_all_of_them(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    assert (await refused(door, "/values/table", area=COUNTY, code=["POP-RES", "NO-SUCH"]))[:2] == (404, "not_found")
    assert (await refused(door, "/series/by-period", area=COUNTY, code="NO-SUCH", **MONTHS))[:2] == (404, "not_found")
    assert (await refused(door, "/values/table", area=PREFECTURE))[:2] == (404, "not_found")
