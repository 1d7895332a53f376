"""A figure is opened into what it is made of: the records behind it add up to it, and are named to whom they may be."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.indicators.contributions.domain import contributions_of
from services.indicators.contributions.domain.base import MEASURED
from services.indicators.contributions.service.nouns import COUNTED
from services.indicators.explanations.domain import OF_LEDGERS, READ_BY
from shared.auth.principal import Principal
from shared.auth.roles import PERMISSIONS
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.households import FormerPlace
from shared.contracts.registry.postings import PostingKind
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import (
    CLERK,
    COUNTY,
    FAR_GRID,
    OFFICER,
    OPERATOR,
    OTHER_TOWN,
    REGISTRAR,
    TOWN,
    TREE,
    a_grid,
)
from tests.indicators.figures.tables import answer_of, refused
from tests.indicators.figures.test_races import RandomCounty
from tests.indicators.ledgers import SEEKERS, a_ledger, a_seeker
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    VILLAGE,
    a_case,
    a_facility,
    a_person,
    a_posting,
    a_restricted_tag,
    a_span,
    a_visit,
    an_incident,
    at,
    uid,
)

SEEKING = "registry.job_seekers.registered"
ALL_SEEING = a_principal("county_registrar", COUNTY)
CODES = (
    *("POP-RES", "POP-REG", "POP-AGE-60", "HOUSEHOLDS", "BIRTHS", "MOVES-OUT", "TAG-CARE", "ORGANISATIONS"),
    *("FACILITIES", "VISIT-RATE", "LEDGER-RES", "TAG-RESTRICTED", "VISIT-DONE"),
)


async def explained(door: Door, area: str, code: str, principal: Principal = REGISTRAR, **query: Any) -> dict[str, Any]:
    """An explanation with the records of all its pages."""
    found = await answer_of(door, "/explanations", principal, area=area, code=code, **query)
    page = found
    while page["next_cursor"] is not None:
        query = {**query, "cursor": page["next_cursor"]}
        page = await answer_of(door, "/explanations", principal, area=area, code=code, **query)
        found["sources"] += page["sources"]
    return found


def added(found: dict[str, Any]) -> Counter[str]:
    """What the named records add up to, by role."""
    total = Counter[str]()
    for source in found["sources"]:
        for amount in source["amounts"]:
            total[amount["role"]] += amount["amount"]
    return total


def counts(figure: dict[str, Any]) -> tuple[int, int]:
    """Both counts of a figure; the second is 0 if there is none."""
    return (figure["value"] if figure["denominator"] is None else figure["numerator"]), figure["denominator"] or 0


@pytest.mark.parametrize("seed", [41, 42])
async def test_the_records_behind_a_figure_add_up_to_it(door: Door, arrivals: Arrivals, seed: int) -> None:
    """Wherever they lie now: who moved away, and what was moved or lies at a grid, is found as well."""
    await arrivals.take(*TREE, a_grid(FAR_GRID))
    states = RandomCounty(seed).states(72)
    for start in range(0, len(states), 30):
        await arrivals.take(*states[start : start + 30])
    query = {"as_of": "2026-03-10", "since": "2026-01-10", "limit": 7}
    told = 0
    for area in (VILLAGE, OTHER_VILLAGE, GRID):
        for code in CODES:
            found = await explained(door, area, code, ALL_SEEING, **query)
            total = added(found)
            assert (total["count"], total["base"]) == counts(found["figure"]), (area, code)
            keys = [(one["noun"], one["id"]) for one in found["sources"]]
            assert keys == sorted(set(keys))
            told += len(keys)
    assert told > 15


async def test_the_levels_above_are_opened_by_their_children_and_what_stands_at_their_own(
    door: Door, arrivals: Arrivals
) -> None:
    done = {"status": CaseStatus.CLOSED, "closed_at": at(date(2026, 1, 9))}
    cases = [a_case(1, area=TOWN, **done), a_case(2, area=TOWN), a_case(3, **done), a_case(4, area=OTHER_VILLAGE)]
    await arrivals.take(*TREE, *cases)
    town = await explained(door, TOWN, "CASE-IN-TIME-RATE", OFFICER)
    assert counts(town["figure"]) == (2, 3)
    assert town["figure"]["rate"] == "66.67"
    assert [(one["area"], counts(one["figure"])) for one in town["children"]] == [(VILLAGE, (1, 1))]
    assert counts(town["own"]) == (1, 2)
    assert sorted(one["id"] for one in town["sources"]) == [str(uid(1)), str(uid(2))]
    assert added(town) == {"count": 1, "base": 2}
    county = await explained(door, COUNTY, "CASE-IN-TIME-RATE", OFFICER)
    assert [one["area"] for one in county["children"]] == [OTHER_TOWN, TOWN]
    assert (county["sources"], county["nouns"][0]["withheld"]) == ([], None)


async def test_a_formula_says_what_is_counted_with_both_counts(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_case(1, status=CaseStatus.CLOSED, closed_at=at(date(2026, 1, 9))), a_case(2))
    (formula,) = (await explained(door, VILLAGE, "CASE-IN-TIME-RATE"))["formulas"]
    assert [(one["role"], one["factor"], one["measure"], one["value"]) for one in formula["terms"]] == [
        ("count", 1, "CASE-IN-TIME-OF-DUE", 1),
        ("base", 1, "CASE-DUE", 2),
    ]
    assert (formula["definition_version"], formula["since"], formula["until"]) == (1, "2026-01-01", "2026-03-16")
    assert formula["meaning"]


async def test_what_is_made_of_others_opens_into_them(door: Door, arrivals: Arrivals) -> None:
    """Natural growth is births less deaths: both are told, and their lines add up to it."""
    lines = [
        a_posting(1, kind=PostingKind.BIRTH, amount=1),
        a_posting(2, kind=PostingKind.BIRTH, amount=1),
        a_posting(3, kind=PostingKind.DEATH, amount=-1),
    ]
    await arrivals.take(*TREE, *lines)
    found = await explained(door, VILLAGE, "NATURAL-GROWTH")
    assert {one["code"]: one["value"] for one in found["made_of"]} == {"BIRTHS": 2, "DEATHS": 1}
    assert (found["figure"]["value"], added(found)) == (1, {"count": 1})
    assert {(one["measure"], one["factor"], one["value"]) for one in found["formulas"][0]["terms"]} == {
        ("BIRTHS", 1, 2),
        ("DEATHS", -1, 1),
    }


async def test_a_record_is_told_by_id_version_and_days_and_nothing_else(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(
        *TREE, a_person(version=3, residence=(a_span(end=date(2026, 2, 1)), a_span(OTHER_GRID, date(2026, 2, 1))))
    )
    (source,) = (await explained(door, VILLAGE, "POP-RES"))["sources"]
    assert (source["noun"], source["id"], source["version"]) == ("registry.person", str(uid(1)), 3)
    assert set(source) == {"noun", "id", "version", "changed_at", "late", "amounts"}
    assert [(one["day"], one["amount"], one["area"]) for one in source["amounts"]] == [
        ("2026-01-05", 1, GRID),
        ("2026-02-01", -1, GRID),
        ("2026-02-01", 1, OTHER_GRID),
    ]


async def test_who_left_again_is_not_among_who_is_there_and_is_among_who_was(door: Door, arrivals: Arrivals) -> None:
    left = a_person(residence=(a_span(end=date(2026, 2, 1)), a_span(OTHER_VILLAGE, date(2026, 2, 1))), registration=())
    await arrivals.take(*TREE, left)
    assert (await explained(door, VILLAGE, "POP-RES"))["sources"] == []
    assert len((await explained(door, VILLAGE, "POP-RES", as_of="2026-01-31"))["sources"]) == 1


async def test_what_came_about_after_the_day_is_marked_as_late(door: Door, arrivals: Arrivals) -> None:
    """States of these tests are of 1 March 2026."""
    await arrivals.take(*TREE, a_person())
    for as_of, late in (("2026-02-28", True), ("2026-03-01", False)):
        (source,) = (await explained(door, VILLAGE, "POP-RES", as_of=as_of))["sources"]
        assert source["late"] is late
    assert datetime.fromisoformat(source["changed_at"]) == datetime(2026, 3, 1, 8, tzinfo=UTC)


async def test_durations_are_told_record_by_record(door: Door, arrivals: Arrivals) -> None:
    closed = {"status": CaseStatus.CLOSED, "closed_at": at(date(2026, 1, 9))}
    await arrivals.take(*TREE, a_case(1, **closed), a_case(2))
    found = await explained(door, VILLAGE, "CASE-DAYS-MEDIAN", OFFICER)
    ((amount,),) = [one["amounts"] for one in found["sources"]]
    assert (amount["role"], amount["amount"]) == ("duration", found["figure"]["value"])


# -- to whom


@pytest.mark.parametrize(
    ("role", "code", "withheld"),
    [
        ("village_clerk", "POP-RES", None),
        ("operator", "POP-RES", "not_entitled"),
        ("auditor", "POP-RES", "not_entitled"),
        ("assessor", "INC-REPORTED", "not_entitled"),
        ("grid_head", "INC-REPORTED", None),
        ("county_officer", "VISIT-DONE", None),
        ("integrator", "FACILITIES", None),
        ("operator", "FACILITIES", "not_entitled"),
    ],
)
async def test_records_are_named_to_who_may_read_each_of_them(
    door: Door, arrivals: Arrivals, role: str, code: str, withheld: str | None
) -> None:
    done = {"status": VisitStatus.DONE, "done_on": date(2026, 1, 8)}
    await arrivals.take(*TREE, a_person(1), a_visit(2, **done), an_incident(3), a_facility(4))
    found = await explained(door, VILLAGE, code, a_principal(role, VILLAGE))
    assert found["figure"]["value"] > 0
    assert {one["withheld"] for one in found["nouns"]} == {withheld}
    assert bool(found["sources"]) is (withheld is None)


async def test_restricted_records_are_named_to_no_one_else(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_restricted_tag())
    assert len((await explained(door, VILLAGE, "TAG-RESTRICTED"))["sources"]) == 1
    unknown = await refused(door, "/explanations", by=OFFICER, area=VILLAGE, code="TAG-RESTRICTED")
    assert unknown[:2] == (404, "not_found")


async def test_a_department_that_answers_for_some_is_not_told_of_all(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_case())
    officer = a_principal("department_officer", COUNTY)
    (noun,) = (await explained(door, VILLAGE, "CASE-ACCEPTED", officer))["nouns"]
    assert noun == {"noun": "services_hall.case", "kept_by": "services_hall", "withheld": "not_entitled"}


async def test_of_few_people_nothing_is_opened(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKERS), *(a_seeker(number) for number in (1, 2)))
    found = await explained(door, VILLAGE, SEEKING)
    assert (found["figure"]["value"], found["figure"]["hidden"]) == (None, True)
    assert {one["withheld"] for one in found["nouns"]} == {"small"}
    assert (found["sources"], found["formulas"][0]["terms"][0]["value"]) == ([], None)
    await arrivals.take(*(a_seeker(number) for number in range(3, 8)))
    exact = await explained(door, VILLAGE, SEEKING)
    assert (exact["figure"]["value"], len(exact["sources"])) == (7, 7)
    rough = await explained(door, VILLAGE, SEEKING, OPERATOR)
    assert (rough["figure"]["value"], rough["figure"]["rounded"], rough["sources"]) == (5, True, [])
    assert {one["withheld"] for one in rough["nouns"]} == {"not_entitled"}
    assert rough["formulas"][0]["terms"][0]["value"] is None


async def test_who_was_told_whom_is_in_the_access_log(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(1), a_person(2), an_incident(3))
    door.accesses.entries.clear()
    await explained(door, VILLAGE, "POP-RES", CLERK, limit=1)
    await explained(door, VILLAGE, "INC-REPORTED", CLERK)
    await explained(door, VILLAGE, "POP-RES", OPERATOR)
    noted = [(one.subject, one.action, one.noun, one.object_id, one.area, one.detail) for one in door.accesses.entries]
    assert noted == [
        (CLERK.subject, "explain", "registry.person", str(uid(number)), VILLAGE, "existence") for number in (1, 2)
    ]


async def test_an_area_or_indicator_out_of_scope_is_not_found(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    for query in ({"area": OTHER_VILLAGE, "code": "POP-RES"}, {"area": VILLAGE, "code": "NO-SUCH"}):
        assert (await refused(door, "/explanations", by=CLERK, **query))[:2] == (404, "not_found")
    late = await refused(door, "/explanations", area=VILLAGE, code="POP-RES", since="2026-03-17")
    assert late == (422, "period_out_of_range", ["query.since"])
    forged = await refused(door, "/explanations", area=VILLAGE, code="POP-RES", cursor="Zm9yZ2Vk")
    assert forged[:2] == (422, "invalid_cursor")


async def test_before_the_opening_day_there_is_nothing_to_open(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(residence=(a_span(start=date(2025, 3, 1)),)))
    found = await explained(door, VILLAGE, "POP-RES", as_of="2025-12-31")
    assert (found["figure"]["value"], found["sources"], found["figure"]["hidden"]) == (None, [], False)


# -- what it rests on


def test_every_noun_that_is_counted_says_who_may_read_it() -> None:
    assert READ_BY.keys() | OF_LEDGERS == {*COUNTED, *OF_LEDGERS}
    assert set(READ_BY.values()) <= PERMISSIONS.keys()


def test_a_function_makes_the_measures_that_it_says() -> None:
    made: dict[str, set[str]] = {}
    places = (FormerPlace(area=OTHER_VILLAGE, until=date(2026, 1, 9)),)
    more = [a_restricted_tag(), an_incident(1, closed_at=at(date(2026, 1, 6)), former=places)]
    for state in [*RandomCounty(44).states(400), *more]:
        made.setdefault(state.noun, set()).update(one.measure for one in contributions_of(state))
    for noun, measures in made.items():
        assert measures <= MEASURED[noun], noun
        assert measures, noun
    assert set().union(*made.values()) >= MEASURED["registry.posting"] | MEASURED["services_hall.case"]
