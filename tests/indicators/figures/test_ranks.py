"""Ranks of areas: ties, where each stands, quartiles, and what has no rank."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.definitions.domain import Direction
from services.indicators.figures.domain.ranks import percentiles_of, quantile, ranks_of
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.registry.postings import PostingKind
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import CLERK, COUNTY, OFFICER, OTHER_TOWN, TOWN, TREE, a_grid, an_area
from tests.indicators.figures.tables import answer_of, refused
from tests.indicators.ledgers import SEEKERS, a_ledger, a_seeker
from tests.indicators.states import GRID, OTHER_GRID, VILLAGE, a_person, a_posting, a_span, an_incident, at

SISTERS = [VILLAGE, *(f"{TOWN}{number}" for number in (202, 203, 204))]
VALUES = st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=12)


@pytest.mark.parametrize(
    ("values", "direction", "ranks"),
    [
        ((9, 7, 7, 5), Direction.UP, [1, 2, 2, 4]),
        ((9, 7, 7, 5), Direction.NEUTRAL, [1, 2, 2, 4]),
        ((9, 7, 7, 5), Direction.DOWN, [4, 2, 2, 1]),
        ((0, None, 0, -3), Direction.UP, [1, None, 1, 3]),
        ((Decimal("93.72"), Decimal("93.72"), Decimal("100.00")), Direction.UP, [2, 2, 1]),
        ((None,), Direction.UP, [None]),
        ((), Direction.UP, []),
    ],
)
def test_equal_figures_share_a_rank_and_the_next_one_counts_them_all(
    values: Sequence[Any], direction: Direction, ranks: list[int | None]
) -> None:
    assert ranks_of(values, direction) == ranks


@given(VALUES, st.sampled_from(Direction))
def test_a_rank_is_one_more_than_there_are_better_ones(values: list[int | None], direction: Direction) -> None:
    sign = -1 if direction is Direction.DOWN else 1
    known = [one for one in values if one is not None]
    for one, rank in zip(values, ranks_of(values, direction), strict=True):
        assert rank == (None if one is None else 1 + sum(sign * other > sign * one for other in known))


def test_who_is_first_is_no_worse_than_all() -> None:
    assert percentiles_of([1, 2, 2, 4, None]) == [
        Decimal("100.00"),
        Decimal("75.00"),
        Decimal("75.00"),
        Decimal("25.00"),
        None,
    ]
    assert percentiles_of([None]) == [None]


@pytest.mark.parametrize(("percent", "value"), [(25, 2), (50, 2), (75, 3), (100, 9)])
def test_a_quartile_is_the_least_figure_that_so_many_do_not_exceed(percent: int, value: int) -> None:
    assert quantile([9, None, 1, 3, 2, 2], percent) == value
    assert quantile([None], percent) is None


async def test_villages_of_a_county_are_ranked_with_ties(door: Door, arrivals: Arrivals) -> None:
    born = {VILLAGE: 3, SISTERS[1]: 5, SISTERS[2]: 3}
    numbers = iter(range(1, 100))
    births = [
        a_posting(next(numbers), kind=PostingKind.BIRTH, area=area, occurred_on=date(2026, 2, 3))
        for area, many in born.items()
        for _ in range(many)
    ]
    await arrivals.take(*TREE, *(an_area(one) for one in SISTERS[1:]), *births)
    answer = await answer_of(door, "/ranks", area=TOWN, code="BIRTHS", period="2026-02")
    assert [(one["area"], one["rank"], one["percentile"]) for one in answer["areas"]] == [
        (SISTERS[1], 1, "100.00"),
        (VILLAGE, 2, "75.00"),
        (SISTERS[2], 2, "75.00"),
        (SISTERS[3], 4, "25.00"),
    ]
    assert answer["quartiles"] == ["0", "3", "3"]
    assert (answer["level"], answer["direction"], answer["tree"]) == (12, "neutral", "2026-02-28")
    county = await answer_of(door, "/ranks", area=COUNTY, code="BIRTHS", period="2026-02", level=12)
    assert len(county["areas"]) == 5
    towns = await answer_of(door, "/ranks", area=COUNTY, code="BIRTHS", period="2026-02")
    assert [(one["area"], one["rank"]) for one in towns["areas"]] == [(TOWN, 1), (OTHER_TOWN, 2)]


async def test_rates_are_ranked_as_they_are_shown_and_nothing_of_nothing_has_no_rank(
    door: Door, arrivals: Arrivals
) -> None:
    closed = {"status": IncidentStatus.CLOSED, "closed_at": at(date(2026, 1, 7))}
    incidents = [an_incident(1, area=SISTERS[0]), an_incident(2, area=SISTERS[0], **closed)]
    incidents += [an_incident(3, area=SISTERS[1], **closed)]
    await arrivals.take(*TREE, *(an_area(one) for one in SISTERS[1:]), *incidents)
    answer = await answer_of(door, "/ranks", area=TOWN, code="INC-CLOSING-RATE", period="2026-01")
    found = [(one["area"], one["rank"], one["value"]["rate"]) for one in answer["areas"]]
    assert found == [
        (SISTERS[1], 1, "100.00"),
        (SISTERS[0], 2, "50.00"),
        (SISTERS[2], None, None),
        (SISTERS[3], None, None),
    ]
    assert answer["direction"] == "up"


async def test_grids_are_ranked_in_their_village(door: Door, arrivals: Arrivals) -> None:
    people = [a_person(1), a_person(2), a_person(3, residence=(a_span(OTHER_GRID),))]
    await arrivals.take(*TREE, a_grid(OTHER_GRID), *people)
    answer = await answer_of(door, "/ranks", CLERK, area=VILLAGE, code="POP-RES")
    assert [(one["area"], one["rank"]) for one in answer["areas"]] == [(GRID, 1), (OTHER_GRID, 2)]


async def test_what_is_hidden_has_no_rank(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKERS), *(an_area(one) for one in SISTERS[1:]))
    numbers = iter(range(1, 100))
    many = zip(SISTERS, (2, 6, 9, 9), strict=True)
    await arrivals.take(*(a_seeker(next(numbers), area=area) for area, count in many for _ in range(count)))
    answer = await answer_of(door, "/ranks", area=TOWN, code="registry.job_seekers.registered")
    assert [(one["rank"], one["value"]["hidden"]) for one in answer["areas"]] == [
        (1, False), (1, False), (None, True), (None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "code", "paths"),
    [
        ({"area": TOWN, "level": 9}, "no_such_level", ["query.level"]),
        ({"area": TOWN, "level": 6}, "no_such_level", ["query.level"]),
        ({"area": GRID}, "no_such_level", ["query.level"]),
        ({"area": TOWN, "level": 13}, "no_such_level", ["query.level"]),
        ({"area": TOWN, "level": 10**9}, "invalid_request", ["query.level"]),
        ({"area": TOWN, "period": "2027"}, "period_not_begun", ["query.period"]),
    ],
)
async def test_levels_that_are_not_below_are_refused(
    door: Door, query: dict[str, Any], code: str, paths: list[str]
) -> None:
    assert await refused(door, "/ranks", code="POP-RES", **query) == (422, code, paths)


async def test_who_may_not_read_the_area_ranks_nothing_in_it(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    assert (await refused(door, "/ranks", by=CLERK, area=TOWN, code="POP-RES"))[:2] == (404, "not_found")
    assert (await refused(door, "/ranks", by=OFFICER, area=TOWN, code="TAG-RESTRICTED"))[:2] == (404, "not_found")
