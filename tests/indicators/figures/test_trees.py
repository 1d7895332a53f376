"""Areas change with a year of data behind them: what was told of the past holds, and both trees answer.

Two villages merge into a new one, one is divided, one goes to another town under a new code; figures of a flow and of a
stock, of days before, across and after the change.
"""

from datetime import date
from itertools import count
from typing import Any

import pytest

from services.indicators.figures.domain.trees import AreaNotInTree, Tree, Unit
from shared.contracts.envelope import State
from shared.contracts.registry.postings import PostingKind
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, OFFICER, OTHER_TOWN, TOWN, an_area, ask
from tests.indicators.figures.tables import answer_of, refused, table_of
from tests.indicators.ledgers import SEEKERS, a_ledger, a_seeker
from tests.indicators.states import a_person, a_posting, a_span

CHANGE = date(2026, 3, 1)
BEFORE, AFTER = date(2026, 2, 28), date(2026, 3, 16)
ONE, OTHER, BIG, FAR = (f"{TOWN}{number}" for number in (201, 202, 203, 204))
MERGED, WEST, EAST = (f"{TOWN}{number}" for number in (211, 212, 213))
HOME, MOVED = f"{OTHER_TOWN}201", f"{OTHER_TOWN}211"
OPENED = date(2024, 1, 1)
HEIRS = {ONE: (MERGED,), OTHER: (MERGED,), BIG: (WEST, EAST), FAR: (MOVED,)}
LIVED = {ONE: 3, OTHER: 4, BIG: 6, FAR: 5, HOME: 2}
BORN = {ONE: 1, OTHER: 2, BIG: 3, FAR: 4, HOME: 5}
BORN_AFTER = {MERGED: 1, WEST: 1, EAST: 2, MOVED: 1, HOME: 1}


def units() -> list[Unit]:
    since = date(2020, 1, 1)
    ended = [Unit(code, since, CHANGE, heirs) for code, heirs in HEIRS.items()]
    begun = [Unit(code, CHANGE, None, ()) for code in (MERGED, WEST, EAST, MOVED)]
    return [*ended, *begun, *(Unit(code, since, None, ()) for code in (COUNTY, TOWN, OTHER_TOWN, HOME))]


@pytest.mark.parametrize(
    ("day", "area", "terms"),
    [
        (AFTER, MERGED, {MERGED: 1, ONE: 1, OTHER: 1}),
        (AFTER, WEST, {WEST: 1}),
        (AFTER, MOVED, {MOVED: 1, FAR: 1}),
        (AFTER, TOWN, {TOWN: 1, FAR: -1}),
        (AFTER, OTHER_TOWN, {OTHER_TOWN: 1, FAR: 1}),
        (AFTER, COUNTY, {COUNTY: 1}),
        (AFTER, HOME, {HOME: 1}),
        (BEFORE, ONE, {ONE: 1}),
        (BEFORE, BIG, {BIG: 1, WEST: 1, EAST: 1}),
        (BEFORE, FAR, {FAR: 1, MOVED: 1}),
        (BEFORE, TOWN, {TOWN: 1, MOVED: 1}),
        (BEFORE, OTHER_TOWN, {OTHER_TOWN: 1, MOVED: -1}),
    ],
)
def test_an_area_is_what_it_came_out_of_by_the_new_tree_and_what_it_became_by_the_old(
    day: date, area: str, terms: dict[str, int]
) -> None:
    assert Tree(units(), day).terms(area) == terms


@pytest.mark.parametrize(("day", "area"), [(AFTER, ONE), (BEFORE, MERGED), (date(2019, 12, 31), HOME)])
def test_what_does_not_exist_on_the_day_is_not_in_its_tree(day: date, area: str) -> None:
    with pytest.raises(AreaNotInTree):
        Tree(units(), day).terms(area)


def test_a_line_of_changes_is_followed_to_its_end_and_back() -> None:
    days = [date(2026, month, 1) for month in (1, 2, 3)]
    codes = [f"{TOWN}{number}" for number in (301, 302, 303, 304)]
    line = [
        Unit(code, date(2020, 1, 1) if number == 0 else days[number - 1], days[number] if number < 3 else None, (heir,))
        for number, (code, heir) in enumerate(zip(codes, [*codes[1:], codes[0]], strict=True))
    ]
    assert Tree(line, AFTER).terms(codes[3]) == dict.fromkeys(codes, 1)
    assert Tree(line, date(2025, 1, 1)).terms(codes[0]) == dict.fromkeys(codes, 1)


def test_towns_that_merge_bring_what_stands_at_their_own_level() -> None:
    old, new, village, heir = "450481120", "450481121", "450481120201", "450481121201"
    merged = [
        Unit(old, date(2020, 1, 1), CHANGE, (new,)),
        Unit(new, CHANGE, None, ()),
        Unit(village, date(2020, 1, 1), CHANGE, (heir,)),
        Unit(heir, CHANGE, None, ()),
    ]
    assert Tree(merged, AFTER).terms(new) == {new: 1, old: 1}
    apart = [*merged[:2], Unit(village, date(2020, 1, 1), CHANGE, (HOME,)), Unit(HOME, OPENED, None, ())]
    assert Tree(apart, AFTER).terms(new) == {new: 1, old: 1, village: -1}
    assert Tree(apart, AFTER).terms(OTHER_TOWN) == {OTHER_TOWN: 1, village: 1}


# -- over HTTP, with a year of data


def a_year() -> list[State]:
    """People who stayed through the change and births on both sides of it."""
    numbers, states = count(1), list[State]()
    for code, many in LIVED.items():
        for number in range(many):
            heirs = HEIRS.get(code, (code,))
            stays = [a_span(code, date(2025, 3, 1), CHANGE if code in HEIRS else None)]
            stays += [a_span(heirs[number % len(heirs)], CHANGE)] if code in HEIRS else []
            states.append(a_person(next(numbers), residence=tuple(stays), registration=()))
    for day, born in ((date(2025, 6, 1), BORN), (date(2026, 2, 1), BORN), (date(2026, 3, 2), BORN_AFTER)):
        for code, many in born.items():
            for _ in range(many):
                states.append(a_posting(next(numbers), kind=PostingKind.BIRTH, area=code, occurred_on=day))
    return states


def the_tree(*, changed: bool) -> list[State]:
    ends = {"version": 2, "valid_to": CHANGE} if changed else {}
    old = [an_area(code, **(ends | ({"successors": heirs} if changed else {}))) for code, heirs in HEIRS.items()]
    new = [an_area(code, valid_from=CHANGE) for code in (MERGED, WEST, EAST, MOVED)] if changed else []
    county = an_area(COUNTY, books_opened_on=OPENED)
    return [county, an_area(TOWN), an_area(OTHER_TOWN), an_area(HOME), *old, *new]


@pytest.fixture
async def changed(arrivals: Arrivals) -> None:
    await arrivals.take(*the_tree(changed=False))
    await arrivals.take(*the_tree(changed=True), *a_year())


async def children(door: Door, area: str, code: str, **query: Any) -> tuple[int, dict[str, int], int]:
    """Whole, children, own."""
    found = await answer_of(door, "/values", area=area, code=code, breakdown="children", **query)
    below = {one["area"]: one["values"][0]["value"] for one in found["children"]}
    return found["values"][0]["value"], below, found["own"]["values"][0]["value"]


async def test_past_totals_hold_under_the_codes_of_then(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*the_tree(changed=False), *a_year()[: sum(LIVED.values())])
    query = {"area": [COUNTY, TOWN, OTHER_TOWN, *LIVED], "code": "POP-RES", "period": "2026-02"}
    before = await table_of(door, **query)
    await arrivals.take(*the_tree(changed=True))
    assert await table_of(door, **query) == before
    assert [before[code, "POP-RES"]["value"] for code in LIVED] == list(LIVED.values())


@pytest.mark.parametrize("as_of", [str(BEFORE), str(AFTER)])
async def test_both_trees_answer_for_the_stock_of_any_day(door: Door, changed: None, as_of: str) -> None:
    """What was divided stands in no part of it before the change: it is the town's own then."""
    query = {"as_of": as_of}
    old = await children(door, TOWN, "POP-RES", **query, tree=str(BEFORE))
    merged = {ONE: 3, OTHER: 4} if as_of == str(BEFORE) else {ONE: 0, OTHER: 0}
    assert old == (18, {**merged, BIG: 6, FAR: 5}, 0 if as_of == str(BEFORE) else 7)
    new = await children(door, TOWN, "POP-RES", **query, tree=str(AFTER))
    parts = {WEST: 0, EAST: 0} if as_of == str(BEFORE) else {WEST: 3, EAST: 3}
    assert new == (13, {MERGED: 7, **parts}, 6 if as_of == str(BEFORE) else 0)
    for tree, towns in ((BEFORE, {TOWN: 18, OTHER_TOWN: 2}), (AFTER, {TOWN: 13, OTHER_TOWN: 7})):
        assert await children(door, COUNTY, "POP-RES", **query, tree=str(tree)) == (20, dict(sorted(towns.items())), 0)


async def test_a_year_that_the_change_lies_in_is_told_whole_by_both_trees(door: Door, changed: None) -> None:
    old = await children(door, TOWN, "BIRTHS", tree=str(BEFORE))
    assert old == (15, {ONE: 1, OTHER: 2, BIG: 6, FAR: 5}, 1)
    new = await children(door, TOWN, "BIRTHS", tree=str(AFTER))
    assert new == (10, {MERGED: 4, WEST: 1, EAST: 2}, 3)
    for tree in (BEFORE, AFTER):
        whole, below, own = await children(door, COUNTY, "BIRTHS", tree=str(tree))
        assert (whole, sum(below.values()), own) == (21, 21, 0)


async def test_each_code_alone_tells_what_was_written_under_it(door: Door, changed: None) -> None:
    whole, below, own = await children(door, TOWN, "BIRTHS")
    assert (whole, own) == (14, 0)
    assert below == {ONE: 1, OTHER: 2, BIG: 3, FAR: 4, MERGED: 1, WEST: 1, EAST: 2}


async def test_comparisons_series_and_ranks_go_by_one_tree(door: Door, changed: None) -> None:
    cells = await table_of(door, area=MERGED, code="BIRTHS", period="2026", compare="last_year", tree=str(AFTER))
    (ago,) = cells[MERGED, "BIRTHS"]["compared"]
    assert (cells[MERGED, "BIRTHS"]["value"], ago["value"]) == (4, 0), "until 16 March of the year before"
    query: dict[str, Any] = {"step": "year", "since": "2025-01-01", "until": "2026-03-16", "tree": str(AFTER)}
    found = await answer_of(door, "/series/by-period", area=[MERGED, MOVED], code="BIRTHS", **query)
    assert [[one["value"] for one in series["values"]] for series in found["series"]] == [[3, 4], [4, 5]]
    ranked = await answer_of(door, "/ranks", area=COUNTY, code="BIRTHS", period="2026", level=12)
    assert [(one["area"], one["value"]["value"]) for one in ranked["areas"]] == [
        (HOME, 6), (MOVED, 5), (MERGED, 4), (EAST, 2), (WEST, 1),
    ]  # fmt: skip
    then = await answer_of(door, "/ranks", area=COUNTY, code="BIRTHS", period="2026-02", level=12)
    assert {one["area"] for one in then["areas"]} == set(LIVED)
    below = await table_of(door, area=TOWN, code="BIRTHS", period="2026", breakdown="children")
    assert {area: cell["value"] for (area, _), cell in below.items()} == {TOWN: 10, MERGED: 4, WEST: 1, EAST: 2}


async def test_an_area_that_the_tree_does_not_have_is_refused(door: Door, changed: None) -> None:
    for path in ("/values", "/values/table"):
        answer = await refused(door, path, area=ONE, code="BIRTHS", tree=str(AFTER))
        assert answer[:2] == (422, "area_not_in_tree")
    assert (await ask(door, OFFICER, area=ONE, code="BIRTHS", tree="0000-01-01")).status_code == 422


async def test_a_small_cell_is_not_worked_out_from_two_trees(door: Door, changed: None, arrivals: Arrivals) -> None:
    """By its code the other town is told without the village that came to it: the difference would be that village."""
    await arrivals.take(a_ledger(SEEKERS))
    seekers = [*[FAR] * 2, *[HOME] * 9]
    await arrivals.take(*(a_seeker(number, area, registered_on="2026-02-02") for number, area in enumerate(seekers, 1)))
    code = "registry.job_seekers.registered"
    plain = await table_of(door, area=OTHER_TOWN, code=code)
    by_tree = await table_of(door, area=OTHER_TOWN, code=code, tree=str(AFTER))
    assert plain[OTHER_TOWN, code]["value"] == 9
    assert (by_tree[OTHER_TOWN, code]["value"], by_tree[OTHER_TOWN, code]["hidden"]) == (None, True)
