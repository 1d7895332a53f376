"""Indicators by the parts of an axis: what is not known is a part of its own, and parts add up to the whole."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.registry.postings import PostingKind, PostingMark
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import CLERK, COUNTY, FAR_GRID, TOWN, TREE, a_grid, ask, value
from tests.indicators.figures.tables import answer_of, refused, told
from tests.indicators.figures.test_races import RandomCounty
from tests.indicators.states import VILLAGE, a_person, a_posting, an_incident

AXES = [("POP-RES", "sex"), ("POP-RES", "age"), ("POP-RES", "kind"), ("INC-FILED", "category"), ("HOUSEHOLDS", "kind")]


async def by_part(door: Door, code: str, axis: str, **query: Any) -> tuple[Any, dict[str, Any], Any]:
    """Whole, parts by value, rest."""
    (found,) = (await answer_of(door, "/values/by-part", **({"area": COUNTY} | query), code=code, axis=axis))[
        "indicators"
    ]
    return told(found["whole"]), {one["part"]: one for one in found["parts"]}, found["rest"]


async def test_unknown_sexes_are_one_part_and_the_parts_are_everybody(door: Door, arrivals: Arrivals) -> None:
    people = [a_person(number, sex=sex) for number, sex in enumerate("1112209", 1)]
    await arrivals.take(*TREE, *people)
    whole, parts, rest = await by_part(door, "POP-RES", "sex")
    assert (whole, {name: told(one) for name, one in parts.items()}) == (7, {"1": 3, "2": 2, "unknown": 2})
    assert told(rest) == 0


async def test_what_is_not_known_is_a_part_though_nobody_is_in_it(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(sex="1"))
    _, parts, _ = await by_part(door, "POP-RES", "sex")
    assert {name: told(one) for name, one in parts.items()} == {"1": 1, "unknown": 0}


@pytest.mark.parametrize(("code", "axis"), AXES)
async def test_parts_add_up_to_the_whole_at_every_level(door: Door, arrivals: Arrivals, code: str, axis: str) -> None:
    await arrivals.take(*TREE, a_grid(FAR_GRID), *RandomCounty(31).states(80))
    for area in (COUNTY, TOWN, VILLAGE):
        whole, parts, rest = await by_part(door, code, axis, area=area, period="2026-02")
        assert sum(told(one) for one in parts.values() if one["inside"] is None) + told(rest) == whole
        assert told(rest) == 0
        assert whole == await value(door, area, code, since="2026-02-01", as_of="2026-02-28")
        for name, one in parts.items():
            if name != "unknown":
                query: dict[str, Any] = {"since": "2026-02-01", "as_of": "2026-02-28", "dimension": f"{axis}:{name}"}
                assert told(one) == await value(door, area, code, **query), name


async def test_bands_that_lie_in_another_one_are_not_added(door: Door, arrivals: Arrivals) -> None:
    born = ("1930-01", "1958-01", "1964-01", "1990-01", "2020-01")
    await arrivals.take(*TREE, *(a_person(number, birth_month=month) for number, month in enumerate(born, 1)))
    whole, parts, rest = await by_part(door, "POP-RES", "age")
    assert (whole, told(rest)) == (5, 0)
    assert {name: (told(one), one["inside"]) for name, one in parts.items()} == {
        "0-14": (1, None), "15-59": (1, None), "60+": (3, None), "65+": (2, "60+"), "80+": (1, "60+"),
        "unknown": (0, None),
    }  # fmt: skip


async def test_where_something_counts_in_several_parts_there_is_no_rest(door: Door, arrivals: Arrivals) -> None:
    both = (PostingMark.ATTENDED, PostingMark.DELIVERED_IN_FACILITY)
    births = [
        a_posting(1, kind=PostingKind.BIRTH, occurred_on=date(2026, 2, 3), marks=both),
        a_posting(2, kind=PostingKind.BIRTH, occurred_on=date(2026, 2, 3)),
    ]
    await arrivals.take(*TREE, *births)
    whole, parts, rest = await by_part(door, "BIRTHS", "mark")
    assert (whole, rest) == (2, None)
    assert {name: told(one) for name, one in parts.items()} == {"attended": 1, "delivered_in_facility": 1, "unknown": 0}


async def test_before_the_opening_day_parts_are_as_unknown_as_the_whole(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, an_incident())
    whole, parts, rest = await by_part(door, "INC-FILED", "category", period="2025")
    assert (whole, told(rest), [told(one) for one in parts.values()]) == (None, None, [None])


async def test_several_indicators_are_told_side_by_side(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(1, sex="1"), a_person(2))
    answer = await answer_of(door, "/values/by-part", CLERK, area=VILLAGE, code=["POP-RES", "POP-REG"], axis="sex")
    assert [(one["code"], told(one["whole"])) for one in answer["indicators"]] == [("POP-REG", 2), ("POP-RES", 2)]


async def test_an_axis_that_an_indicator_is_not_kept_by_is_refused(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    query = {"area": COUNTY, "code": ["POP-RES", "BIRTHS"], "axis": "sex"}
    assert await refused(door, "/values/by-part", **query) == (422, "indicator_has_no_such_axis", ["query.axis"])
    wrong = await ask(door, CLERK, "/values/by-part", area=VILLAGE, code="POP-RES", axis="sex; DROP")
    assert wrong.status_code == 422
    assert (await refused(door, "/values/by-part", by=CLERK, **query))[0] == 404
