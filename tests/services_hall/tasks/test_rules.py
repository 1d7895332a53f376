"""Rules of worklists: posts and what they ask for, absences, and where a case waits over the product of its columns."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.domain.waiting import NO_END, WAITING, waits
from services.services_hall.tasks import domain
from services.services_hall.tasks.domain import (
    PERMISSION,
    TRANSITIONS,
    AbsenceDaysWrong,
    AbsenceOver,
    AbsenceStatus,
    require_days,
    require_transition,
)
from shared.auth.roles import DEPARTMENTAL, PERMISSIONS
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import DomainError

TODAY = date(2026, 3, 16)
LIMIT, STEP, DELIVERY, SUPPLY, TELLING = (date(2026, 4, day) for day in (1, 2, 3, 4, 5))
BASE: dict[str, Any] = {
    "status": "accepted",
    "area": "450481114201",
    "department": "civil_affairs",
    "held_area": None,
    "held_department": None,
    "sent": None,
    "consents": [],
    "step": None,
    "promised_days": 5,
    "due_on": LIMIT,
    "step_due_on": STEP,
    "deliver_by": DELIVERY,
    "supply_until": SUPPLY,
}
RUNS: dict[str, set[date]] = {
    "draft": {TELLING},
    "submitted": {TELLING},
    "received": {TELLING},
    "supplement": {TELLING, SUPPLY},
    "accepted": {TELLING, LIMIT},
    "in_review": {TELLING, LIMIT, STEP},
    "special": {TELLING},
    "suspended": {TELLING},
    "decided": {TELLING, DELIVERY},
    "closed": {TELLING, DELIVERY},
}
"""Which of the days may end first in a status; the caller says of which papers something is to be told."""


@pytest.mark.parametrize(("status", "told"), list(product(CaseStatus, (None, TELLING))))
def test_what_runs_first_is_when_it_ends(status: CaseStatus, told: date | None) -> None:
    found = waits({**BASE, "status": str(status)}, 2, told)
    if str(status) not in RUNS:
        assert found == {}
        return
    days = RUNS[str(status)] - ({TELLING} if told is None else set())
    [one] = found.values()
    assert one.ends_on == min(days, default=NO_END)
    assert (status in WAITING) is bool(found)


@pytest.mark.parametrize(("step", "steps", "at_once"), list(product((None, 1, 2, 3), (0, 2, 3), (False, True))))
def test_the_last_step_is_the_deciders(step: int | None, steps: int, *, at_once: bool) -> None:
    case = {**BASE, "status": "in_review" if step else "accepted", "step": step, "promised_days": 0 if at_once else 5}
    [one] = waits(case, steps, None).values()
    decides = (step or 0) >= steps or (at_once and step is None)
    assert one.post is (CasePost.DECISION if decides else CasePost.REVIEW)


def test_where_the_file_lies_is_where_it_waits() -> None:
    away = {**BASE, "held_area": "450481114", "held_department": "health"}
    assert list(waits(away, 2, None)) == [(Desk.HELD, "450481114", "health")]


def test_a_file_on_its_way_waits_at_both_ends_and_one_that_is_over_at_none() -> None:
    sent = {**BASE, "sent": {"area": "450481114", "department": "health"}}
    assert set(waits(sent, 2, None)) == {
        (Desk.HELD, "450481114201", "civil_affairs"),
        (Desk.ARRIVING, "450481114", "health"),
    }
    assert waits({**sent, "status": "withdrawn"}, 2, None) == {}


@pytest.mark.parametrize("status", CaseStatus)
def test_consent_waits_where_it_may_be_answered(status: CaseStatus) -> None:
    asked = [
        {"department": "health", "answered_at": None},
        {"department": "education", "answered_at": "2026-03-16T02:00:00Z"},
    ]
    found = waits({**BASE, "status": str(status), "consents": asked}, 2, None)
    answerable = str(status) in {"accepted", "in_review", "special", "suspended"}
    assert ((Desk.ASKED, "450481114201", "health") in found) is answerable
    assert (Desk.ASKED, "450481114201", "education") not in found


def test_a_post_asks_for_what_its_steps_ask_for() -> None:
    assert {str(post): permission for post, permission in PERMISSION.items()} == {
        "window": "case.handle",
        "review": "case.handle",
        "decision": "case.decide",
        "consent": "case.handle",
        "delivery": "case.handle",
    }
    assert PERMISSIONS["case.assign"] == PERMISSIONS["case.decide"]
    assert "case.assign" in DEPARTMENTAL


@pytest.mark.parametrize(("present", "to"), list(product(AbsenceStatus, AbsenceStatus)))
def test_transitions_of_absences_restated(present: AbsenceStatus, to: AbsenceStatus) -> None:
    allowed = {("planned", "begun"), ("planned", "withdrawn"), ("begun", "ended")}
    if (str(present), str(to)) in allowed:
        require_transition(present, to)
    else:
        with pytest.raises(AbsenceOver):
            require_transition(present, to)
    assert (to in TRANSITIONS[present]) is ((str(present), str(to)) in allowed)


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [(0, 0, None), (0, 366, None), (0, 367, "until_on"), (-1, 3, "from_on"), (5, 4, "until_on"), (400, 766, None)],
)
def test_days_of_an_absence(first: int, last: int, wrong: str | None) -> None:
    days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
    if wrong is None:
        require_days(*days, TODAY)
        return
    with pytest.raises(AbsenceDaysWrong) as refused:
        require_days(*days, TODAY)
    assert [one.path for one in refused.value.errors] == [wrong]


def test_every_refusal_says_what_a_clerk_does_next() -> None:
    refusals = [one for one in vars(domain).values() if isinstance(one, type) and issubclass(one, DomainError)]
    refusals.remove(DomainError)
    assert len(refusals) == 10
    assert all("请" in one.advice or "离岗" in one.advice for one in refusals)
