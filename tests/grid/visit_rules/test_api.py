"""Rules of visits: by tag and level, from day to day; who sets them, and what they must say."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.grid.visit_rules.domain import (
    VisitRuleEndWrong,
    VisitRuleMissedHalf,
    VisitRules,
    VisitRuleTerms,
    require_end,
    require_whole,
)
from services.grid.visit_rules.repository import VisitRuleRepository
from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, RESIDENT, TOWN_OFFICER
from tests.grid.visit_rules.entering import a_rule

TODAY = date(2026, 3, 16)
DAY = timedelta(days=1)


def terms(every: int) -> VisitRuleTerms:
    return VisitRuleTerms(every, 3)


def test_the_rule_of_the_level_stands_before_that_of_the_code() -> None:
    rules = VisitRules({("disabled", None): terms(30), ("disabled", "1"): terms(7), ("orphan", "2"): terms(9)})
    assert [rules.of("disabled", level) for level in ("1", "2", None)] == [terms(7), terms(30), terms(30)]
    assert [rules.of("orphan", level) for level in ("2", "1", None)] == [terms(9), None, None]


@pytest.mark.parametrize(("days", "category", "whole"), [(3, "x", True), (None, None, True), (3, None, False)])
def test_a_missed_visit_has_days_and_a_category_or_neither(days: Any, category: Any, whole: bool) -> None:
    said = VisitRuleTerms(7, 3, days, category)
    if whole:
        require_whole(said)
    else:
        with pytest.raises(VisitRuleMissedHalf):
            require_whole(said)


def test_a_rule_ends_once_and_not_before_it_began() -> None:
    for on in (TODAY, TODAY + DAY):
        require_end(TODAY, None, on)
    for until, on in ((None, TODAY - DAY), (TODAY, TODAY + DAY)):
        with pytest.raises(VisitRuleEndWrong):
            require_end(TODAY, until, on)


async def test_rules_hold_from_day_to_day_and_the_shipped_ones_from_the_beginning(
    door: Door, committed: Database
) -> None:
    rule = await a_rule(door, "elder_alone", every_days=3, valid_from="2026-03-10", level="1")
    async with door.client(COUNTY_OFFICER) as county:
        ended = await county.post(f"/visit-rules/{rule['id']}/end", json={"ends_on": "2026-03-20"})
        assert ended.json()["valid_to"] == "2026-03-20"
    async with committed.session() as session:
        repository = VisitRuleRepository(session)
        for on, every in (
            (date(2026, 3, 9), 7),
            (date(2026, 3, 10), 3),
            (date(2026, 3, 19), 3),
            (date(2026, 3, 20), 7),
        ):
            found = (await repository.in_force(on)).of("elder_alone", "1")
            assert found is not None
            assert found.every_days == every, on
        shipped = (await repository.in_force(TODAY)).of("orphan", None)
    assert shipped == VisitRuleTerms(30, 7, 7, "livelihood", None)


async def test_an_end_is_taken_back_unless_another_rule_stands_there(door: Door) -> None:
    rule = await a_rule(door, "migrant_worker")
    async with door.client(COUNTY_OFFICER) as county:
        path = f"/visit-rules/{rule['id']}"
        early = await county.post(f"{path}/resume")
        assert (early.status_code, early.json()["code"]) == (409, "visit_rule_not_ended")
        await county.post(f"{path}/end", json={"ends_on": "2026-04-01"})
        twice = await county.post(f"{path}/end", json={"ends_on": "2026-04-01"})
        assert (twice.status_code, twice.json()["code"]) == (409, "visit_rule_end_wrong")
        again = await county.post(f"{path}/resume")
        assert (again.status_code, again.json()["valid_to"]) == (200, None)
        await county.post(f"{path}/end", json={"ends_on": "2026-04-01"})
        await a_rule(door, "migrant_worker", every_days=60)
        taken = await county.post(f"{path}/resume")
        assert (taken.status_code, taken.json()["code"]) == (409, "visit_rule_taken")
        found = (await county.get("/visit-rules", params={"tag_code": "migrant_worker"})).json()["items"]
        counted = await county.get("/visit-rules/count", params={"tag_code": "migrant_worker"})
        assert counted.json()["count"] == len(found) == 2
        assert (await county.get("/visit-rules/count")).json()["count"] == 17


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"missed_after_days": 3}, "visit_rule_missed_half"),
        ({"missed_category": "livelihood"}, "visit_rule_missed_half"),
        ({"missed_after_days": 3, "missed_category": "unheard_of"}, "visit_rule_category_unknown"),
        ({"ledger": "unheard_of"}, "visit_rule_ledger_wrong"),
        ({"ledger": "let_house_checks"}, "visit_rule_ledger_wrong"),
        ({"every_days": 0}, "invalid_request"),
        ({"first_within_days": -1}, "invalid_request"),
        ({"tag_code": "45048119900307019X"}, "invalid_request"),
    ],
)
async def test_what_a_rule_cannot_say(door: Door, what: dict[str, Any], code: str) -> None:
    body = {"tag_code": "t", "every_days": 7, "first_within_days": 3, "valid_from": "2026-01-01", **what}
    async with door.client(COUNTY_OFFICER) as county:
        refused = await county.post("/visit-rules", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert (await county.get("/visit-rules/count", params={"tag_code": "t"})).json()["count"] == 0


async def test_of_one_tag_and_level_one_rule_stands(door: Door) -> None:
    body = {"tag_code": "orphan", "every_days": 7, "first_within_days": 3, "valid_from": "2026-01-01"}
    async with door.client(COUNTY_OFFICER) as county:
        for level, wanted in ((None, 409), ("1", 201), ("1", 409), ("2", 201)):
            assert (await county.post("/visit-rules", json={**body, "level": level})).status_code == wanted, level


async def test_the_county_sets_rules_and_villages_read_them(door: Door) -> None:
    body = {"tag_code": "t", "every_days": 7, "first_within_days": 3, "valid_from": "2026-01-01"}
    for who, read in ((TOWN_OFFICER, 200), (CLERK, 200), (RESIDENT, 403)):
        async with door.client(who) as client:
            assert (await client.post("/visit-rules", json=body)).status_code == 403
            assert (await client.get("/visit-rules")).status_code == read
