"""Figures over HTTP: who may ask for which area and which indicator, and what is refused."""

from datetime import date
from typing import Any

import pytest

from shared.auth.lineage import AreaLine, FixedLineage, Lineage
from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.testing.doors import Arrivals, Door, a_principal
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
    an_area,
    ask,
    by_code,
    days_of,
    figures,
    value,
    without_request_id,
)
from tests.indicators.states import GRID, OTHER_GRID, OTHER_VILLAGE, VILLAGE, a_person, a_restricted_tag, a_span

SERIES = {"code": "POP-RES", "since": "2026-01-04", "until": "2026-01-09"}
READERS = sorted(set(Role) - {Role.RESIDENT})
"""Everybody whose work needs figures: residents have no permission that reaches beyond their own data."""
HOMES = {Role.GRID_WORKER: GRID, Role.GRID_HEAD: GRID, Role.VILLAGE_CLERK: VILLAGE, Role.TOWN_OFFICER: TOWN}
BOTH = pytest.mark.parametrize(("path", "more"), [("/values", {}), ("/series", SERIES)], ids=["values", "series"])


# -- who


@pytest.mark.parametrize("role", READERS)
async def test_each_role_reads_its_own_area_and_nothing_beside_or_above_it(
    door: Door, arrivals: Arrivals, role: Role
) -> None:
    await arrivals.take(*TREE)
    home = HOMES.get(role, COUNTY)
    caller = a_principal(role, home)
    assert (await ask(door, caller, area=home, code="POP-RES")).status_code == 200
    assert (await ask(door, caller, area=GRID, code="POP-RES")).status_code == 200
    beyond = {home[:-1] + "9", *(above for above in (PREFECTURE, COUNTY, TOWN, VILLAGE) if len(above) < len(home))}
    for area in sorted(area for area in beyond if len(area) in (4, 6, 9, 12, 15)):
        assert (await ask(door, caller, area=area, code="POP-RES")).status_code == 404, area


@BOTH
async def test_a_resident_may_not_and_nobody_need_not_ask(door: Door, path: str, more: dict[str, str]) -> None:
    resident = await ask(door, a_principal("resident", VILLAGE), path, area=VILLAGE, **more)
    nobody = await ask(door, None, path, area=VILLAGE, **more)
    assert (resident.status_code, resident.json()["code"]) == (403, "forbidden")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")


@BOTH
async def test_an_area_out_of_scope_is_as_unknown_as_one_that_does_not_exist(
    door: Door, arrivals: Arrivals, path: str, more: dict[str, str]
) -> None:
    await arrivals.take(*TREE)
    other = a_principal("village_clerk", OTHER_VILLAGE)
    refused = await ask(door, other, path, area=VILLAGE, **more)
    unknown = await ask(door, other, path, area="110101001001", **more)
    assert refused.status_code == unknown.status_code == 404
    assert without_request_id(refused) == without_request_id(unknown)


async def test_two_grants_open_their_two_areas_and_not_what_lies_between(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    caller = Principal("两处任职", (Grant("village_clerk", VILLAGE), Grant("village_clerk", OTHER_VILLAGE)))
    answers = [(await ask(door, caller, area=area)).status_code for area in (VILLAGE, OTHER_VILLAGE, TOWN, COUNTY)]
    assert answers == [200, 200, 404, 404]


async def test_a_resident_grant_opens_no_area_to_a_clerk_of_another_one(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    caller = Principal("文书", (Grant("village_clerk", OTHER_VILLAGE), Grant("resident", VILLAGE)))
    assert (await ask(door, caller, area=VILLAGE)).status_code == 404


async def test_the_clerk_of_a_merged_village_reads_the_one_that_carries_on_and_its_past(
    door: Door, arrivals: Arrivals
) -> None:
    merged = date(2026, 2, 1)
    await arrivals.take(*TREE, a_person(residence=(a_span(VILLAGE, end=merged), a_span(OTHER_VILLAGE, merged))))
    assert (await ask(door, CLERK, area=OTHER_VILLAGE)).status_code == 404
    line = AreaLine(VILLAGE, merged, (OTHER_VILLAGE,))
    door.kit.lineage = FixedLineage(Lineage.of([line], on=merged))
    assert await value(door, OTHER_VILLAGE, "POP-RES", CLERK) == 1
    assert await value(door, VILLAGE, "POP-RES", a_principal("village_clerk", OTHER_VILLAGE), as_of="2026-01-31") == 1


# -- restricted indicators


async def test_only_who_may_see_restricted_tags_sees_their_figure(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_restricted_tag())
    assert await value(door, VILLAGE, "TAG-RESTRICTED", REGISTRAR) == 1
    assert "TAG-RESTRICTED" in await figures(door, COUNTY, REGISTRAR)
    for role in sorted(set(READERS) - {Role.COUNTY_REGISTRAR}):
        caller = a_principal(role, COUNTY)
        assert "TAG-RESTRICTED" not in await figures(door, COUNTY, caller), role
        refused = await ask(door, caller, area=COUNTY, code="TAG-RESTRICTED")
        unknown = await ask(door, caller, area=COUNTY, code="NO-SUCH-THING")
        assert refused.status_code == 404, role
        assert without_request_id(refused) == without_request_id(unknown)


@pytest.mark.parametrize("role", [Role.VILLAGE_CLERK, Role.OPERATOR, Role.ASSESSOR])
async def test_a_restricted_figure_needs_one_grant_with_area_and_permission(
    door: Door, arrivals: Arrivals, role: Role
) -> None:
    """Not one grant's permission and another's area: a registrar here who reads figures there sees no such figure."""
    await arrivals.take(*TREE, a_restricted_tag())
    crossed = Principal("crossed", (Grant(Role.COUNTY_REGISTRAR, OTHER_VILLAGE), Grant(role, VILLAGE)))
    assert "TAG-RESTRICTED" in await figures(door, OTHER_VILLAGE, crossed)
    assert "TAG-RESTRICTED" not in await figures(door, VILLAGE, crossed)
    for path, more in (("/values", {"code": "TAG-RESTRICTED"}), ("/series", {**SERIES, "code": "TAG-RESTRICTED"})):
        assert (await ask(door, crossed, path, area=VILLAGE, **more)).status_code == 404


async def test_a_restricted_code_among_others_is_refused_with_all_of_them(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    assert (await ask(door, OFFICER, area=COUNTY, code=["POP-RES", "TAG-RESTRICTED"])).status_code == 404
    assert (await ask(door, OFFICER, area=COUNTY, code=["POP-RES", "NO-SUCH-THING"])).status_code == 404


async def test_restricted_figures_stay_out_of_breakdown_and_series_too(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_restricted_tag())
    body = (await ask(door, OFFICER, area=VILLAGE, breakdown="children")).json()
    for part in (*body["children"], body["own"]):
        assert "TAG-RESTRICTED" not in by_code(part["values"])
    query = {**SERIES, "code": "TAG-RESTRICTED"}
    assert (await ask(door, OFFICER, "/series", area=VILLAGE, **query)).status_code == 404
    seen = await ask(door, REGISTRAR, "/series", area=VILLAGE, **query)
    assert [day["value"] for day in seen.json()["days"]] == [0, 1, 1, 1, 1, 1]


# -- what is asked for


async def test_all_figures_come_where_no_code_is_named_and_a_code_named_twice_comes_once(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE)
    assert len(await figures(door, COUNTY)) == 260  # all but the restricted ones
    answer = await ask(door, OFFICER, area=COUNTY, code=["POP-RES", "BIRTHS", "POP-RES"])
    assert [figure["code"] for figure in answer.json()["values"]] == ["BIRTHS", "POP-RES"]


async def test_an_answer_says_what_it_was_asked(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    plain = (await ask(door, OFFICER, area=VILLAGE, code="POP-RES")).json()
    assert {key: plain[key] for key in ("area", "since", "as_of", "children", "own")} == {
        "area": VILLAGE,
        "since": "2026-01-01",
        "as_of": "2026-03-16",
        "children": None,
        "own": None,
    }
    assert plain["values"][0]["definition_version"] == 1
    last_year = (await ask(door, OFFICER, area=VILLAGE, as_of="2027-02-03", code="POP-RES")).json()
    assert (last_year["since"], last_year["as_of"]) == ("2027-01-01", "2027-02-03")


async def test_an_area_that_nobody_wrote_of_counts_nothing(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    for area in (VILLAGE[:9] + "999", OTHER_GRID):
        for code, figure in (await figures(door, area)).items():
            if code == "GRIDS-COMPREHENSIVE" and area == OTHER_GRID:
                continue  # it is one
            assert {figure["value"], figure["numerator"], figure["denominator"]} <= {0, None}
            assert (figure["value"] is None) == (figure["denominator"] is not None or figure["observations"] == 0)


@pytest.mark.parametrize(
    ("area", "children"),
    [
        (PREFECTURE, [COUNTY]),
        (COUNTY, [OTHER_TOWN, TOWN]),
        (TOWN, [VILLAGE]),
        (VILLAGE, [GRID, OTHER_GRID]),
        (GRID, []),
    ],
)
async def test_the_children_are_the_areas_one_level_below(
    door: Door, arrivals: Arrivals, area: str, children: list[str]
) -> None:
    await arrivals.take(*TREE)
    answer = await ask(door, a_principal("operator", PREFECTURE), area=area, code="POP-RES", breakdown="children")
    assert [child["area"] for child in answer.json()["children"]] == children
    assert answer.json()["own"]["area"] == area


async def test_an_abolished_village_stays_among_the_children_with_its_past(door: Door, arrivals: Arrivals) -> None:
    ended = date(2026, 2, 1)
    gone = an_area(VILLAGE, version=2, valid_to=ended, successors=(OTHER_VILLAGE,))
    person = a_person(residence=(a_span(VILLAGE, end=ended), a_span(OTHER_VILLAGE, ended)))
    await arrivals.take(*TREE, gone, person)
    query = {"area": TOWN, "code": "POP-RES", "breakdown": "children"}
    before = (await ask(door, OFFICER, **query, as_of="2026-01-31")).json()["children"]
    after = (await ask(door, OFFICER, **query)).json()["children"]
    assert [child["area"] for child in before] == [child["area"] for child in after] == [VILLAGE]
    assert [child["values"][0]["value"] for child in (*before, *after)] == [1, 0]


async def test_what_lies_after_today_is_marked(door: Door, arrivals: Arrivals) -> None:
    """What is known of tomorrow already is told, and never as if it had happened."""
    await arrivals.take(*TREE)
    for day, after_today in (("2026-03-15", False), ("2026-03-16", False), ("2026-03-17", True), ("2027-02-03", True)):
        assert (await ask(door, OFFICER, area=VILLAGE, as_of=day)).json()["after_today"] is after_today, day
    assert (await ask(door, OFFICER, area=VILLAGE)).json()["after_today"] is False
    period = {"code": "VISIT-DUE", "since": "2026-03-15", "until": "2026-03-18"}
    days = (await ask(door, OFFICER, "/series", area=VILLAGE, **period)).json()["days"]
    assert [day["after_today"] for day in days] == [False, False, True, True]


# -- what is refused


@pytest.mark.parametrize(
    "query",
    [{"area": "45048"}, {"area": COUNTY, "as_of": "2026-02-30"}, {"area": COUNTY, "breakdown": "parents"}, {}],
)
async def test_bad_questions_are_refused_with_paths(door: Door, query: dict[str, str]) -> None:
    answer = await ask(door, OFFICER, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "query",
    [
        {**SERIES, "area": "45048"},
        {**SERIES, "area": COUNTY, "until": "2026-02-30"},
        {**SERIES, "area": COUNTY, "code": "POP RES"},
        {"area": COUNTY, "code": "POP-RES", "since": "2026-01-04"},
        {"area": COUNTY, "since": "2026-01-04", "until": "2026-01-09"},
    ],
)
async def test_bad_questions_for_a_series_are_refused_with_paths(door: Door, query: dict[str, Any]) -> None:
    answer = await ask(door, OFFICER, "/series", **query)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_more_than_a_hundred_codes_are_refused(door: Door) -> None:
    answer = await ask(door, OFFICER, area=COUNTY, code=["POP-RES"] * 101)
    assert answer.status_code == 422
    assert (await ask(door, OFFICER, area=COUNTY, code=["POP-RES"] * 100)).status_code == 200


async def test_flows_that_begin_after_their_end_are_refused_by_name(door: Door) -> None:
    answer = await ask(door, OFFICER, area=COUNTY, since="2026-03-17")
    assert (answer.status_code, answer.json()["code"]) == (422, "period_out_of_range")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("query.since", "after_as_of")]
    assert (await ask(door, OFFICER, area=COUNTY, since="2026-03-16")).status_code == 200


@pytest.mark.parametrize(
    ("until", "status"), [("2026-01-03", 422), ("2026-01-04", 200), ("2029-01-07", 200), ("2029-01-08", 422)]
)
async def test_a_series_neither_ends_before_it_begins_nor_runs_for_more_than_three_years(
    door: Door, until: str, status: int
) -> None:
    answer = await ask(door, OFFICER, "/series", area=COUNTY, **{**SERIES, "until": until})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "period_out_of_range"
        assert [one["path"] for one in answer.json()["errors"]] == ["query.until"]


async def test_a_series_of_one_day_and_one_of_three_years(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person())
    assert await days_of(door, COUNTY, "POP-RES", "2026-01-05", "2026-01-05") == [(1, None)]
    long = await days_of(door, COUNTY, "POP-RES", "2026-01-01", "2029-01-04")
    assert len(long) == 1100
    assert sum(day for day, _ in long) == 1096


async def test_a_grid_has_no_series_and_a_strange_grid_is_not_found_first(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    answer = await ask(door, CLERK, "/series", area=GRID, **SERIES)
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("query.area", "no_series_for_grid")]
    assert (await ask(door, CLERK, "/series", area=FAR_GRID, **SERIES)).status_code == 404


async def test_a_refusal_does_not_repeat_what_was_asked(door: Door) -> None:
    answer = await ask(door, OFFICER, area="身份证450481199007012345", code="姓名")
    assert answer.status_code == 422
    assert "199007012345" not in answer.text
    assert "姓名" not in answer.text
