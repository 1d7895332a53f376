"""States that arrive in any order, twice, corrected or moved: each is counted once, where and when it holds."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import PostingKind
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import (
    COUNTY,
    FAR_GRID,
    OFFICER,
    OTHER_TOWN,
    TOWN,
    TREE,
    an_area,
    ask,
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
    a_posting,
    a_restricted_tag,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    at,
    uid,
)

EVERYTHING = (
    a_person(),
    a_posting(),
    a_household(),
    a_tag(),
    a_restricted_tag(),
    a_case(),
    an_incident(),
    a_visit(),
)


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


# -- once, in whatever order


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
async def test_three_versions_in_any_order_come_to_the_newest(
    door: Door, arrivals: Arrivals, order: tuple[int, ...]
) -> None:
    versions = {
        1: a_person(version=1),
        2: a_person(version=2, residence=(a_span(OTHER_VILLAGE),)),
        3: a_person(version=3, residence=(a_span(OTHER_GRID),)),
    }
    await arrivals.take(*TREE)
    for number in order:
        await arrivals.take(versions[number])
    found = [await value(door, area, "POP-RES") for area in (VILLAGE, GRID, OTHER_GRID, OTHER_VILLAGE, COUNTY)]
    assert found == [1, 0, 1, 0, 1]


@pytest.mark.parametrize("state", EVERYTHING, ids=[state.noun for state in EVERYTHING])
async def test_each_noun_is_counted_once_however_often_it_arrives(door: Door, arrivals: Arrivals, state: Any) -> None:
    async def everything() -> dict[str, Any]:
        return {area: await figures(door, area) for area in (COUNTY, VILLAGE, GRID)}

    await arrivals.take(*TREE)
    nothing = await everything()
    await arrivals.take(state, state)
    once = await everything()
    assert (once == nothing) is (state.noun == "registry.restricted_tag")
    await arrivals.take(state)
    await arrivals.take(state, revision=3)
    assert await everything() == once


async def test_all_versions_in_one_batch_are_one_change(door: Door, arrivals: Arrivals) -> None:
    filed, closed = an_incident(version=1), an_incident(version=2, closed_at=at(date(2026, 1, 6)))
    await arrivals.take(*TREE, closed, filed, closed)
    assert await values_of(door, ["INC-REPORTED", "INC-OPEN", "INC-CLOSED"], COUNTY) == [1, 0, 1]


async def test_figures_do_not_wait_for_the_tree(door: Door, arrivals: Arrivals) -> None:
    """People may arrive before their areas: topics have no order among each other."""
    await arrivals.take(a_person())
    assert [await value(door, area, "POP-RES") for area in (COUNTY, TOWN, VILLAGE, GRID)] == [1, 1, 1, 1]
    await arrivals.take(*TREE)
    body = (await ask(door, OFFICER, area=COUNTY, code="POP-RES", breakdown="children")).json()
    assert {child["area"]: child["values"][0]["value"] for child in body["children"]} == {TOWN: 1, OTHER_TOWN: 0}


# -- corrections and moves


async def test_a_corrected_sex_moves_the_person_from_one_count_to_the_other_for_the_past_too(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(sex="1"))
    assert await values_of(door, ["POP-RES-MALE", "POP-RES-FEMALE"], VILLAGE) == [1, 0]
    await arrivals.take(a_person(version=2, sex="2"))
    for day in ("2026-01-05", "2026-03-16"):
        assert await values_of(door, ["POP-RES", "POP-RES-MALE", "POP-RES-FEMALE"], VILLAGE, as_of=day) == [1, 0, 1]


async def test_a_corrected_month_of_birth_moves_the_person_to_the_right_band(door: Door, arrivals: Arrivals) -> None:
    bands = ["POP-AGE-0-14", "POP-AGE-15-59", "POP-AGE-60", "POP-AGE-80"]
    await arrivals.take(*TREE, a_person(birth_month="2012-05"))
    assert await values_of(door, bands, GRID) == await values_of(door, bands, COUNTY) == [1, 0, 0, 0]
    await arrivals.take(a_person(version=2, birth_month="1942-05"))
    assert await values_of(door, bands, GRID) == await values_of(door, bands, COUNTY) == [0, 0, 1, 1]


async def test_an_arrival_set_right_to_an_earlier_day_counts_from_that_day(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(residence=(a_span(start=date(2026, 2, 10)),)))
    assert await value(door, VILLAGE, "POP-RES", as_of="2026-02-09") == 0
    await arrivals.take(a_person(version=2, residence=(a_span(start=date(2026, 2, 1)),)))
    days = ("2026-01-31", "2026-02-01", "2026-02-10")
    assert [await value(door, VILLAGE, "POP-RES", as_of=day) for day in days] == [0, 1, 1]


async def test_a_move_to_another_town_leaves_the_county_as_it_was(door: Door, arrivals: Arrivals) -> None:
    moved = date(2026, 2, 1)
    await arrivals.take(*TREE, a_person())
    await arrivals.take(a_person(version=2, residence=(a_span(end=moved), a_span(FAR_GRID, moved))))
    areas = (COUNTY, TOWN, VILLAGE, GRID, OTHER_TOWN, OTHER_VILLAGE, FAR_GRID)
    assert [await value(door, area, "POP-RES", as_of="2026-01-31") for area in areas] == [1, 1, 1, 1, 0, 0, 0]
    assert [await value(door, area, "POP-RES") for area in areas] == [1, 0, 0, 0, 1, 1, 1]


async def test_a_death_and_a_merge_end_the_residence(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(1), a_person(2), a_person(3))
    died = a_person(2, version=2, status=PersonStatus.DECEASED, residence=(a_span(end=date(2026, 3, 1)),))
    ended = a_span(end=date(2026, 3, 2))
    await arrivals.take(died, a_person(3, version=2, status=PersonStatus.MERGED, residence=(ended,), registration=()))
    days = ("2026-02-28", "2026-03-01", "2026-03-02")
    assert [await value(door, GRID, "POP-RES", as_of=day) for day in days] == [3, 2, 1]
    assert await values_of(door, ["POP-RES", "POP-REG"], COUNTY) == [1, 2]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("HOUSEHOLDS", a_household(), a_household(version=2, area=OTHER_GRID)),
        ("INC-OPEN", an_incident(), an_incident(version=2, area=OTHER_GRID)),
        ("INC-REPORTED", an_incident(), an_incident(version=2, area=OTHER_GRID)),
        ("VISIT-DUE", a_visit(), a_visit(version=2, area=OTHER_GRID)),
        ("TAG-CARE", a_tag(), a_tag(version=2, residence=(a_span(OTHER_GRID),))),
    ],
)
async def test_what_is_handed_to_another_grid_leaves_the_first_and_stays_in_the_village(
    door: Door, arrivals: Arrivals, code: str, before: Any, after: Any
) -> None:
    await arrivals.take(*TREE, before)
    assert [await value(door, area, code) for area in (GRID, OTHER_GRID, VILLAGE)] == [1, 0, 1]
    await arrivals.take(after)
    assert [await value(door, area, code) for area in (GRID, OTHER_GRID, VILLAGE)] == [0, 1, 1]


async def test_a_case_taken_over_by_the_town_is_no_longer_the_villages(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_case(category="social_assistance"))
    assert await value(door, VILLAGE, "CASE-ACCEPTED") == 1
    await arrivals.take(a_case(version=2, area=TOWN, category="housing"))
    assert [await value(door, area, "CASE-ACCEPTED") for area in (VILLAGE, TOWN, COUNTY)] == [0, 1, 1]


async def test_a_rescheduled_case_is_due_on_its_new_day_only(door: Door, arrivals: Arrivals) -> None:
    closed: dict[str, Any] = {"status": CaseStatus.CLOSED, "closed_at": at(date(2026, 1, 13))}
    await arrivals.take(*TREE, a_case(**closed))
    assert await counts(door, COUNTY, "CASE-IN-TIME-RATE") == (0, 1, "0.00")
    await arrivals.take(a_case(version=2, due_on=date(2026, 1, 14), **closed))
    assert await counts(door, COUNTY, "CASE-IN-TIME-RATE") == (1, 1, "100.00")
    assert await counts(door, COUNTY, "CASE-IN-TIME-RATE", as_of="2026-01-13") == (0, 0, None)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (a_case(), a_case(version=2, status=CaseStatus.WITHDRAWN), "CASE-IN-TIME-RATE"),
        (an_incident(), an_incident(version=2, deferred=True), "INC-CLOSING-RATE"),
        (a_visit(), a_visit(version=2, status=VisitStatus.CANCELLED), "VISIT-RATE"),
    ],
)
async def test_what_is_called_off_is_no_longer_due(
    door: Door, arrivals: Arrivals, before: Any, after: Any, code: str
) -> None:
    await arrivals.take(*TREE, before)
    assert await counts(door, COUNTY, code) == (0, 1, "0.00")
    await arrivals.take(after)
    assert await counts(door, COUNTY, code) == (0, 0, None)


async def test_a_reversed_posting_takes_its_flow_and_its_stock_back_on_its_own_day(
    door: Door, arrivals: Arrivals
) -> None:
    wrong = a_posting(1, kind=PostingKind.IN)
    await arrivals.take(*TREE, wrong, a_posting(2, kind=PostingKind.BIRTH))
    assert await values_of(door, ["MOVES-IN", "LEDGER-RES"], VILLAGE) == [1, 2]
    await arrivals.take(a_posting(3, kind=PostingKind.IN, amount=-1, reverses=uid(1), posted_on=date(2026, 3, 2)))
    assert await values_of(door, ["MOVES-IN", "BIRTHS", "LEDGER-RES"], VILLAGE) == [0, 1, 1]
    assert await value(door, VILLAGE, "MOVES-IN", as_of=START.isoformat()) == 0


async def test_an_ended_tag_that_is_taken_up_again_counts_again(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_tag(ended_on=date(2026, 2, 1)))
    assert await value(door, GRID, "TAG-ELDER-ALONE") == 0
    await arrivals.take(a_tag(version=2))
    codes = ["TAG-CARE", "TAG-ELDER-ALONE", "TAG-LEFT-BEHIND-ELDER"]
    assert await values_of(door, codes, GRID) == await values_of(door, codes, COUNTY) == [1, 1, 0]


# -- the clock passes, nothing arrives


async def test_birthdays_move_people_through_the_bands_as_the_months_pass(
    door: Door, arrivals: Arrivals, clock: FrozenClock
) -> None:
    """Born in April 1966, 1946 and 2011: 60, 80 and 15 in the eyes of the county from 1 May."""
    people = [a_person(number, birth_month=f"{year}-04") for number, year in enumerate((1966, 1946, 2011), start=1)]
    await arrivals.take(*TREE, *people)
    bands = ["POP-AGE-0-14", "POP-AGE-15-59", "POP-AGE-60", "POP-AGE-80"]
    clock.set(datetime(2026, 4, 30, 15, 59, tzinfo=UTC))  # one minute before May in Shanghai
    assert await values_of(door, bands, GRID) == await values_of(door, bands, COUNTY) == [1, 1, 1, 0]
    clock.advance(minutes=1)
    assert await values_of(door, bands, GRID) == await values_of(door, bands, COUNTY) == [0, 1, 2, 1]


async def test_what_falls_due_tomorrow_is_in_the_rate_tomorrow(
    door: Door, arrivals: Arrivals, clock: FrozenClock
) -> None:
    tomorrow = date(2026, 3, 17)
    case, incident = a_case(due_on=tomorrow), an_incident(due_at=at(tomorrow, 12))
    await arrivals.take(*TREE, case, incident, a_visit(due_on=tomorrow))
    rates = ("CASE-IN-TIME-RATE", "INC-CLOSING-RATE", "VISIT-RATE")
    assert {await counts(door, COUNTY, code) for code in rates} == {(0, 0, None)}
    clock.advance(hours=14)  # midnight in Shanghai
    assert {await counts(door, COUNTY, code) for code in rates} == {(0, 1, "0.00")}


async def test_an_end_announced_beforehand_takes_effect_on_its_day(
    door: Door, arrivals: Arrivals, clock: FrozenClock
) -> None:
    tomorrow = date(2026, 3, 17)
    leaving = a_person(residence=(a_span(end=tomorrow), a_span(OTHER_GRID, tomorrow)))
    await arrivals.take(*TREE, leaving, a_tag(ended_on=tomorrow), a_household(dissolved_on=tomorrow))
    codes = ["POP-RES", "TAG-CARE", "HOUSEHOLDS"]
    assert await values_of(door, codes, GRID) == await values_of(door, codes, VILLAGE) == [1, 1, 1]
    clock.advance(days=1)
    assert await values_of(door, codes, GRID) == [0, 0, 0]
    assert await values_of(door, codes, VILLAGE) == [1, 0, 0]


async def test_a_new_year_begins_its_flows_at_nothing_and_keeps_its_stocks(
    door: Door, arrivals: Arrivals, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, a_person(), an_incident(), a_case())
    codes = ["POP-RES", "INC-OPEN", "INC-REPORTED", "CASE-ACCEPTED"]
    assert await values_of(door, codes, COUNTY) == [1, 1, 1, 1]
    clock.set(datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert await values_of(door, codes, COUNTY) == [1, 1, 0, 0]
    assert await values_of(door, codes, COUNTY, as_of="2026-12-31") == [1, 1, 1, 1]


async def test_a_renamed_area_or_a_noun_that_is_not_counted_changes_no_figure(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *EVERYTHING)
    before = await figures(door, COUNTY)
    await arrivals.take(
        an_area(VILLAGE, version=2, name="新名"), an_incident(version=2, status=IncidentStatus.ACCEPTED)
    )
    assert await figures(door, COUNTY) == before
