"""Rules of rectifications: the lifecycle restated by hand over its full product, codes and refusals."""

from itertools import product

import pytest

from services.services_hall.rectifications import domain
from services.services_hall.rectifications.domain import (
    LIFECYCLE,
    RUNNING,
    TRIES,
    UNENDED,
    AppealReason,
    RectificationAction,
    RectificationResult,
    RectificationTransitionError,
    ReopenReason,
    require_allowed,
)
from services.services_hall.rectifications.models import Rectification
from services.services_hall.rectifications.service.moving import CONTENT, FIXED
from shared.auth.roles import PERMISSIONS, Role
from shared.contracts.services_hall.rectifications import CallOutcome, RectificationState, RectificationStatus
from shared.errors import DomainError

TABLE: dict[str, tuple[set[str], set[str], str]] = {
    "attempt": ({"open"}, {"open"}, "rectification.handle"),
    "call_back": ({"open"}, {"called_back"}, "rectification.handle"),
    "rectify": ({"called_back"}, {"rectified"}, "rectification.handle"),
    "appeal": ({"called_back", "rectified"}, {"appealed"}, "rectification.handle"),
    "review": ({"appealed"}, {"overturned", "called_back", "rectified"}, "rectification.review"),
    "close": ({"rectified"}, {"closed"}, "rectification.handle"),
    "reopen": ({"rectified", "closed"}, {"called_back"}, "rectification.review"),
}
OF_THE_SYSTEM = {"open", "withdraw", "undo", "reschedule", "boundary"}


def test_the_lifecycle_is_the_one_restated_here() -> None:
    found = {
        str(action): ({str(one) for one in rule.origins}, {str(one) for one in rule.to}, rule.permission)
        for action, rule in LIFECYCLE.items()
    }
    assert found == TABLE
    assert {str(action) for action in RectificationAction} == set(TABLE) | OF_THE_SYSTEM


@pytest.mark.parametrize(("status", "action"), list(product(RectificationStatus, LIFECYCLE)))
def test_each_pair_is_allowed_or_refused(status: RectificationStatus, action: RectificationAction) -> None:
    if str(status) in TABLE[str(action)][0]:
        assert require_allowed(status, action) is LIFECYCLE[action]
    else:
        with pytest.raises(RectificationTransitionError):
            require_allowed(status, action)


def test_in_which_statuses_a_limit_runs_and_something_is_to_be_done() -> None:
    assert {str(one) for one in RUNNING} == {"open", "called_back"}
    assert {str(one) for one in UNENDED} == {"open", "called_back", "rectified", "appealed"}
    assert set(RectificationStatus) - UNENDED == {"closed", "overturned", "withdrawn"}
    assert TRIES == 3


def test_who_reviews_stands_above_the_village_and_for_no_department() -> None:
    assert PERMISSIONS["rectification.review"] == {Role.TOWN_OFFICER, Role.COUNTY_OFFICER}
    assert PERMISSIONS["rectification.review"] < PERMISSIONS["rectification.handle"]


def test_codes_and_their_names() -> None:
    assert [one.label for one in CallOutcome] == ["情况属实", "部分属实", "情况不属实", "多次未能联系"]
    assert {str(one) for one in AppealReason} == {"mistaken", "mistyped", "malicious", "not_in_authority"}
    assert {str(one) for one in ReopenReason} == {"not_done", "not_satisfied", "again"}
    assert len({one.label for one in RectificationResult}) == len(RectificationResult)


def test_every_refusal_says_what_a_clerk_does_next() -> None:
    refusals = [one for one in vars(domain).values() if isinstance(one, type) and issubclass(one, DomainError)]
    refusals.remove(DomainError)
    assert len(refusals) == 6
    for one in refusals:
        assert one.code != "invalid"
        assert one.advice.startswith(("请", "复核"))


def test_an_undo_brings_back_every_column_but_those_that_say_what_it_is_of() -> None:
    columns = set(Rectification.__table__.columns.keys())
    assert set(CONTENT) == columns - FIXED
    assert {"id", "version", "rating_id", "case_id", "area", "department", "category", "former", "days"} == FIXED


def test_the_state_names_neither_case_nor_officer_and_no_instant() -> None:
    fields = RectificationState.model_fields
    assert "case_id" not in fields
    assert not [name for name in fields if name.endswith(("_by", "_at"))]
    assert {"called_on", "rectified_on", "appealed_on", "reviewed_on", "closed_on", "due_on"} <= set(fields)
