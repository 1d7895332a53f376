"""Rules of retention in the hall: which years hold on a day, and that no rule shortens what a file was archived for."""

from datetime import date, timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.services_hall.case_erasures.domain import BEFORE_TERM
from services.services_hall.cases.domain.codes import Retention
from services.services_hall.retentions.domain import (
    DEFAULTS,
    FEWEST_OF,
    CaseRetentionKind,
    RetentionBelowMark,
    require_mark,
)
from shared.contracts.services_hall.cases import CaseStatus
from shared.retentions.rules import RetentionRule, ended_by, in_force, later
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CaseIn, Step, refusal
from tests.services_hall.retentions.samples import BODY

REGISTRAR = a_principal("county_registrar", "450481", subject="registrar")
DAY = date(2026, 3, 16)


def a_rule(kind: str, years: int, on: int, status: str = "set") -> RetentionRule:
    """A rule from so many days after the day on."""
    return RetentionRule(uuid4(), 1, kind, years, "source", DAY + timedelta(days=on), status, "registrar")


@pytest.mark.parametrize(
    ("rules", "years"),
    [
        ([], 2),
        ([("withdrawn", 3, 1, "set")], 2),
        ([("withdrawn", 3, 0, "set")], 3),
        ([("withdrawn", 3, -9, "set"), ("withdrawn", 5, -1, "set")], 5),
        ([("withdrawn", 5, -1, "set"), ("withdrawn", 3, -9, "set")], 5),
        ([("withdrawn", 5, -1, "withdrawn"), ("withdrawn", 3, -9, "set")], 3),
        ([("withdrawn", 3, -9, "withdrawn")], 2),
        ([("refused", 9, -9, "set")], 2),
        ([("withdrawn", 4, -1, "set"), ("withdrawn", 9, 1, "set")], 4),
    ],
)
def test_the_last_rule_that_began_holds_else_what_ships(rules: list[tuple[str, int, int, str]], years: int) -> None:
    held = in_force([a_rule(*one) for one in rules], DAY, DEFAULTS)
    assert held[CaseRetentionKind.WITHDRAWN].years == years
    assert held.keys() == DEFAULTS.keys(), "every kind has a rule at any time"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 100))
def test_the_years_of_what_ended_by_a_day_are_over_and_of_what_ended_a_day_later_are_not(end: date, years: int) -> None:
    over = later(end, years)
    assert ended_by(over, years) >= end
    assert ended_by(over - timedelta(days=1), years) < end


def test_a_leap_day_is_over_on_the_first_of_march_and_never_early() -> None:
    leap = date(2024, 2, 29)
    assert (later(leap, 1), later(leap, 4)) == (date(2025, 3, 1), date(2028, 2, 29))
    assert ended_by(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert ended_by(date(2025, 2, 28), 1) < leap


def test_no_rule_shortens_what_a_file_was_archived_for() -> None:
    for kind, years in product(CaseRetentionKind, (1, 5, 9, 10, 29, 30, 100)):
        if years < {"years_30": 30, "years_10": 10}.get(str(kind), 0):
            with pytest.raises(RetentionBelowMark) as refused:
                require_mark(kind, years)
            assert [one.path for one in refused.value.errors] == ["years"]
        else:
            require_mark(kind, years)


def test_every_way_to_end_has_a_kind_and_every_mark_but_the_one_for_ever() -> None:
    kinds = {str(kind) for kind in CaseRetentionKind}
    assert {str(one) for one in Retention} - kinds == {"permanent"}
    assert kinds - {str(one) for one in Retention} == {"decided", "refused", "withdrawn", "expired", "removed"}
    ended = {CaseStatus.REFUSED, CaseStatus.WITHDRAWN, CaseStatus.EXPIRED}
    assert {str(status) for status in ended} < kinds
    assert set(DEFAULTS) == set(CaseRetentionKind)
    assert all(DEFAULTS[kind].years >= fewest for kind, fewest in FEWEST_OF.items())
    assert set(FEWEST_OF) | BEFORE_TERM == set(CaseRetentionKind)


@pytest.mark.parametrize("mark", Retention)
async def test_a_file_is_archived_with_its_mark_and_the_mark_stands_in_the_case(
    case_in: CaseIn, step: Step, door: Door, mark: Retention
) -> None:
    case = await case_in("withdrawn")
    for wrong in ({}, {"retention": "years_5"}, {"retention": str(mark), "years": 3}):
        assert (await step(case, "archive", **wrong)).status_code == 422, wrong
    archived = await step(case, "archive", retention=str(mark))
    assert (archived.json()["status"], archived.json()["retention"]) == ("archived", str(mark))
    assert refusal(await step(case, "archive", retention=str(mark)))[1] == "case_transition_not_allowed"
    async with door.client(REGISTRAR) as client:
        report = await client.get("/due-case-erasures/report", params={"area": case["area"]})
    assert (report.status_code, report.json()["due"]) == (200, 0)


async def test_a_kind_has_one_rule_of_a_day_and_it_is_withdrawn_over_the_version_that_was_seen(door: Door) -> None:
    async with door.client(REGISTRAR) as client:
        first = await client.post("/retention-rules", json=BODY)
        for changed in ({"years": 4}, {"source": "other-2026-1"}):
            again = await client.post("/retention-rules", json={**BODY, **changed})
            assert refusal(again)[:2] == (409, "retention_rule_known"), changed
        for changed in ({"kind": "refused"}, {"effective_on": "2099-01-02"}):
            assert (await client.post("/retention-rules", json={**BODY, **changed})).status_code == 201, changed
        path = f"/retention-rules/{first.json()['id']}/withdraw"
        answers = [await client.post(path, headers={"If-Match": tag}) for tag in ('"2"', '"1"', '"2"')]
        assert [one.status_code for one in answers] == [412, 200, 409]
        for years in (0, 101):
            assert (await client.post("/retention-rules", json={**BODY, "years": years})).status_code == 422
