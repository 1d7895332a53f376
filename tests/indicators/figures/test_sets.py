"""Figures by sets of areas over HTTP: by the members of the day, nothing twice, the rest told, small cells hidden."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.registry.area_sets import AreaSetState, SetMember
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import (
    CLERK,
    COUNTY,
    FAR_GRID,
    OFFICER,
    OTHER_TOWN,
    TOWN,
    TREE,
    a_grid,
    an_area,
    ask,
    by_code,
    figures,
    without_request_id,
)
from tests.indicators.ledgers import SEEKERS, a_ledger, a_record, a_seeker
from tests.indicators.states import GRID, OTHER_GRID, OTHER_VILLAGE, START, VILLAGE, a_person, a_span, uid

SISTER = TOWN + "202"
SEEKING = "registry.job_seekers.registered"


def a_set(number: int, *members: str | tuple[str, str, str | None], **what: Any) -> AreaSetState:
    """A service community since the county's opening; a member is a code, or a code with its days."""
    told = [(one, "2026-01-01", None) if isinstance(one, str) else one for one in members]
    valid: dict[str, Any] = {
        "id": uid(900 + number),
        "version": 1,
        "area": COUNTY,
        "kind": "service_community",
        "status": "in_use",
        "formed_on": START,
        "members": [
            SetMember(area=area, since=date.fromisoformat(since), until=until and date.fromisoformat(until))
            for area, since, until in told
        ],
    }
    return AreaSetState(**(valid | what))


def people(*areas: str) -> list[Any]:
    """One in each of these areas."""
    return [
        a_person(number, residence=(a_span(area),), registration=(a_span(area[:12], kind="household"),))
        for number, area in enumerate(areas, 1)
    ]


async def by_set(door: Door, area: str = COUNTY, **query: Any) -> dict[str, Any]:
    """The answer for service communities unless another kind is asked for."""
    asked = {"kind": "service_community", "code": "POP-RES"} | query
    answer = await ask(door, query.pop("by", OFFICER), "/values/by-set", area=area, **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(answer: dict[str, Any], code: str = "POP-RES") -> tuple[Any, list[Any], Any, Any]:
    """Whole, sets in their order, beyond, none."""
    sets = [by_code(one["values"])[code]["value"] for one in sorted(answer["sets"], key=lambda one: one["id"])]
    whole, beyond, none = (by_code(answer[part])[code]["value"] for part in ("values", "beyond", "none"))
    return whole, sets, beyond, none


@pytest.fixture
async def lived_in(arrivals: Arrivals) -> None:
    """Three in one village, two in its sister, four in another town."""
    await arrivals.take(*TREE, an_area(SISTER), a_grid(FAR_GRID))
    await arrivals.take(*people(GRID, GRID, OTHER_GRID, SISTER, SISTER, *[FAR_GRID] * 3, OTHER_VILLAGE))


async def test_sets_and_what_belongs_to_none_are_the_area(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    await arrivals.take(
        a_set(1, VILLAGE, SISTER),
        a_set(2, OTHER_VILLAGE, kind="joint_centre"),
        a_set(3, OTHER_VILLAGE, status="withdrawn"),
    )
    answer = await by_set(door)
    assert told(answer) == (9, [5], 0, 4)
    assert (answer["overlapping"], answer["sets"][0]["members"]) == (False, [VILLAGE, SISTER])
    assert told(await by_set(door, kind="joint_centre")) == (9, [4], 0, 5)
    assert told(await by_set(door, kind="pilot")) == (9, [], 0, 9)
    assert "registry.area_set" in {one["noun"] for one in answer["fresh_through"]}


async def test_members_are_those_of_the_day_that_is_asked_for(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    one = a_set(1, VILLAGE, (SISTER, "2026-02-10", None), (OTHER_VILLAGE, "2026-01-05", "2026-02-10"))
    await arrivals.take(one, a_set(2, (SISTER, "2026-01-05", "2026-02-10")))
    assert told(await by_set(door, as_of="2026-02-09")) == (9, [7, 2], 0, 0)
    assert told(await by_set(door, as_of="2026-02-10")) == (9, [5], 0, 4)
    assert told(await by_set(door, TOWN, as_of="2026-02-09")) == (5, [2], 3, 0), (
        "a set that reaches beyond is told apart"
    )
    assert told(await by_set(door, TOWN, as_of="2026-02-10")) == (5, [5], 0, 0)
    assert told(await by_set(door, OTHER_TOWN, as_of="2026-02-09")) == (4, [], 4, 0)
    empty = a_set(3, (OTHER_VILLAGE, "2026-02-10", "2026-02-10"))
    await arrivals.take(empty)
    assert told(await by_set(door, as_of="2026-02-10")) == (9, [5], 0, 4)


async def test_a_set_of_grids_is_part_of_its_village(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    await arrivals.take(a_set(1, GRID), a_set(2, SISTER), a_set(3, OTHER_GRID, FAR_GRID))
    assert told(await by_set(door)) == (9, [2, 2, 4], 0, 1)
    assert told(await by_set(door, TOWN)) == (5, [2, 2], 1, 0)
    assert told(await by_set(door, VILLAGE)) == (3, [2], 1, 0)


async def test_an_area_of_two_lines_counts_once_in_the_area(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    line = {"kind": "demonstration_line"}
    await arrivals.take(
        a_set(1, VILLAGE, SISTER, **line), a_set(2, SISTER, OTHER_VILLAGE, **line), a_set(3, GRID, **line)
    )
    answer = await by_set(door, **line)
    assert told(answer) == (9, [5, 6, 2], 0, 0)
    assert answer["overlapping"]


async def test_flows_ratios_and_parts_are_summed_up_too(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    await arrivals.take(a_set(1, VILLAGE, SISTER))
    answer = await by_set(door, dimension="sex:2")
    assert told(answer) == (9, [5], 0, 4)
    whole = await figures(door, COUNTY)
    everything = (await ask(door, OFFICER, "/values/by-set", area=COUNTY, kind="service_community")).json()
    assert by_code(everything["values"]) == whole
    parts = [by_code(everything[name]) for name in ("beyond", "none")] + [by_code(everything["sets"][0]["values"])]
    for code, figure in whole.items():
        for amount in ("value", "numerator", "denominator"):
            if figure[amount] is not None:
                assert sum(part[code][amount] for part in parts) == figure[amount], (code, amount)


async def test_before_the_countys_opening_nothing_is_known(door: Door, arrivals: Arrivals, lived_in: None) -> None:
    await arrivals.take(a_set(1, (VILLAGE, "2025-01-01", None)))
    assert told(await by_set(door, as_of="2025-12-31")) == (None, [None], 0, None)


async def test_who_may_not_read_the_area_learns_nothing_of_its_sets(
    door: Door, arrivals: Arrivals, lived_in: None
) -> None:
    await arrivals.take(a_set(1, VILLAGE, SISTER))
    query = {"kind": "service_community", "code": "POP-RES"}
    refused = await ask(door, CLERK, "/values/by-set", area=TOWN, **query)
    unknown = await ask(door, CLERK, "/values/by-set", area="110101001", **query)
    assert refused.status_code == unknown.status_code == 404
    assert without_request_id(refused) == without_request_id(unknown)
    answer = await ask(door, CLERK, "/values/by-set", area=VILLAGE, **query)
    assert told(answer.json()) == (3, [], 3, 0), "what of the village belongs to a set, and no more of that set"
    assert answer.json()["sets"] == []
    restricted = await ask(door, OFFICER, "/values/by-set", area=COUNTY, kind="pilot", code="TAG-RESTRICTED")
    assert restricted.status_code == 404
    assert (
        await ask(door, a_principal("resident", VILLAGE), "/values/by-set", area=VILLAGE, **query)
    ).status_code == 403


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"kind": "castle"}, "invalid_request"),
        ({"kind": None}, "invalid_request"),
        ({"as_of": "2026-02-01", "since": "2026-02-02"}, "period_out_of_range"),
        ({"dimension": "nothing:1"}, "indicator_has_no_such_axis"),
    ],
)
async def test_bad_questions_are_refused(door: Door, arrivals: Arrivals, query: dict[str, Any], code: str) -> None:
    await arrivals.take(*TREE)
    asked = {name: one for name, one in ({"kind": "pilot", "code": "POP-RES"} | query).items() if one is not None}
    answer = await ask(door, OFFICER, "/values/by-set", area=COUNTY, **asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def hidden(answer: dict[str, Any]) -> tuple[list[bool], bool, bool]:
    sets = [one["values"][0]["hidden"] for one in sorted(answer["sets"], key=lambda one: one["id"])]
    return sets, answer["beyond"][0]["hidden"], answer["none"][0]["hidden"]


async def seekers(arrivals: Arrivals, **by_area: int) -> None:
    """So many job seekers in each area."""
    await arrivals.take(
        *TREE, an_area(SISTER), an_area(TOWN + "203"), a_ledger(SEEKERS, travels_on="records_restricted")
    )
    areas = {"village": VILLAGE, "sister": SISTER, "third": TOWN + "203", "far": OTHER_VILLAGE, "town": TOWN}
    number = 0
    for name, count in by_area.items():
        await arrivals.take(*(a_seeker(number + n, areas[name]) for n in range(1, count + 1)))
        number += count


async def test_a_set_with_a_member_that_is_hidden_is_hidden(door: Door, arrivals: Arrivals) -> None:
    """Seven in one village are told, two in the other are not: both together would give them away."""
    await seekers(arrivals, village=7, sister=2, third=8, far=9)
    await arrivals.take(a_set(1, VILLAGE, SISTER), a_set(2, TOWN + "203"))
    answer = await by_set(door, code=SEEKING)
    assert hidden(answer) == ([True, True], False, False), "nor is it the county less the others"
    assert [one["values"][0]["value"] for one in answer["sets"]] == [None, None]
    assert answer["values"][0]["value"] == 26
    await arrivals.take(*(a_seeker(100 + n, SISTER) for n in range(3)))
    assert hidden(await by_set(door, code=SEEKING)) == ([False, False], False, False)


async def test_a_rest_with_a_village_that_is_hidden_is_hidden(door: Door, arrivals: Arrivals) -> None:
    await seekers(arrivals, village=7, sister=2, third=8, far=9)
    await arrivals.take(a_set(1, VILLAGE), a_set(2, OTHER_VILLAGE))
    assert hidden(await by_set(door, code=SEEKING)) == ([True, False], False, True)
    assert hidden(await by_set(door, OTHER_TOWN, code=SEEKING)) == ([False], False, False)


async def test_a_rest_with_few_at_an_areas_own_level_is_hidden(door: Door, arrivals: Arrivals) -> None:
    await seekers(arrivals, village=7, third=8, town=1)
    await arrivals.take(a_set(1, VILLAGE))
    assert hidden(await by_set(door, TOWN, code=SEEKING)) == ([True], False, True)
    assert hidden(await by_set(door, COUNTY, code=SEEKING)) == ([True], False, True)


async def test_a_village_that_a_set_has_but_for_few_is_hidden_in_the_rest(door: Door, arrivals: Arrivals) -> None:
    """The village is told, the grid that belongs to a set is: what is left of it are two people."""
    await seekers(arrivals, far=9)
    few = [
        a_record(50 + n, of=SEEKERS, status="registered", area=GRID, registered_on="2026-03-02", reason="returned")
        for n in range(7)
    ]
    await arrivals.take(*few, *(a_seeker(80 + n, VILLAGE) for n in range(2)))
    await arrivals.take(a_set(1, GRID))
    answer = await by_set(door, code=SEEKING)
    assert answer["values"][0]["value"] == 18
    assert hidden(answer) == ([True], False, True)
