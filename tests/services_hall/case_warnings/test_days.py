"""Days of warning rules: none of yesterday, the last day to tell, and the first instant after a day."""

from datetime import date, datetime, timedelta

import pytest

from services.services_hall.case_warnings.domain import (
    FARTHEST,
    TRANSITIONS,
    begin_after,
    due_of,
    last_end,
    last_start,
    require_transition,
)
from shared.clock import SHANGHAI
from shared.contracts.services_hall.case_warnings import WarningMetric, WarningStatus
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.services_hall.case_warnings.samples import RULE
from tests.services_hall.case_warnings.test_rules import CALENDAR, a_rule, at
from tests.services_hall.conftest import COUNTY_OFFICER, SECOND_OFFICER, refusal


@pytest.mark.parametrize(
    ("now", "effective_on", "status"),
    [
        ("2026-03-16T10:00", "2026-03-15", 422),
        ("2026-03-16T10:00", "2020-01-01", 422),
        ("2026-03-16T10:00", "2026-03-16", 201),
        ("2026-03-16T10:00", "2026-03-17", 201),
        ("2026-03-16T00:30", "2026-03-15", 422),  # still the 15th in Greenwich
        ("2026-03-16T23:30", "2026-03-17", 201),
    ],
)
async def test_a_rule_begins_today_or_later_by_the_day_of_the_county(
    door: Door, clock: FrozenClock, now: str, effective_on: str, status: int
) -> None:
    clock.set(datetime.fromisoformat(f"{now}+08:00"))
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/warning-rules", json={**RULE, "effective_on": effective_on})
        listed = (await client.get("/warning-rules")).json()["items"]
    assert answer.status_code == status, answer.text
    assert [one["effective_on"] for one in listed if one["source"] == RULE["source"]] == (
        [effective_on] if status == 201 else []
    )
    if status == 422:
        assert refusal(answer) == (422, "warning_rule_not_ahead", "预警规则不得从过去的日期起执行")
        assert [one["path"] for one in answer.json()["errors"]] == ["effective_on"]
        assert "今天" in answer.json()["advice"]
        assert effective_on not in answer.text, "what was entered is not repeated"


async def test_levels_of_a_metric_and_metrics_of_a_level_are_rules_of_their_own(door: Door) -> None:
    async with door.client(COUNTY_OFFICER) as one, door.client(SECOND_OFFICER) as other:
        first = await one.post("/warning-rules", json=RULE)
        for changed in ({"level": 6}, {"metric": "delivery"}):
            assert (await other.post("/warning-rules", json={**RULE, **changed})).status_code == 201, changed
        for changed in ({"amount": 9}, {"timing": "after"}, {"colour": "red"}, {"effective_on": "2099-02-01"}):
            answer = await other.post("/warning-rules", json={**RULE, **changed})
            assert refusal(answer)[:2] == (409, "warning_rule_known"), changed
        path = f"/warning-rules/{first.json()['id']}/withdraw"
        answers = [await other.post(path, headers={"If-Match": tag}) for tag in ('"2"', '"1"', '"2"', '"1"')]
    assert [one.status_code for one in answers] == [412, 200, 409, 412]


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-03-16", "2026-03-23"),  # a Monday
        ("2026-03-20", "2026-03-27"),
        ("2026-03-21", "2026-03-27"),  # a Saturday
        ("2026-09-30", "2026-10-13"),  # Saturday 10-10 is worked
        ("2026-02-13", "2026-02-27"),  # the Spring Festival, with both Saturdays that are worked
    ],
)
def test_five_working_days_are_there_to_tell_what_is_missing(received: str, last: str) -> None:
    assert due_of("telling", date.fromisoformat(received), CALENDAR) == date.fromisoformat(last)


def test_of_other_metrics_the_case_itself_has_the_date() -> None:
    for metric in set(WarningMetric) - {WarningMetric.TELLING}:
        with pytest.raises(AssertionError):
            due_of(metric, date(2026, 3, 16), CALENDAR)


def test_a_day_is_over_with_its_last_second_in_the_county() -> None:
    begin = begin_after(date(2026, 12, 31))
    assert begin == datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert (begin - timedelta(microseconds=1)).astimezone(SHANGHAI).date() == date(2026, 12, 31)


def test_a_rule_of_many_days_is_searched_as_far_as_it_reaches_and_no_farther() -> None:
    now = at("2026-03-16T10:00:00")
    assert last_end(a_rule("before", 200, "day"), now, CALENDAR) == date(2026, 3, 16) + timedelta(days=200)
    assert last_end(a_rule("after", 200, "day"), now, CALENDAR) == date(2026, 3, 15) - timedelta(days=200)
    assert last_end(a_rule("before", 9_000, "day"), now, CALENDAR) == date(2026, 3, 16) + FARTHEST
    assert last_start(date(2026, 3, 16), 0, CALENDAR) == date(2026, 3, 16)


def test_a_warning_moves_along_its_table() -> None:
    allowed = {("raised", "acknowledged"), ("acknowledged", "raised")}
    assert {(str(was), str(to)) for was, tos in TRANSITIONS.items() for to in tos} == allowed
    with pytest.raises(ValueError, match="unheard"):
        require_transition("unheard", WarningStatus.RAISED)
