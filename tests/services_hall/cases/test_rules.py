"""The lifecycle of a case, restated by hand and walked in full."""

from itertools import product

import pytest

from services.services_hall.cases.domain import OPEN, CaseTransitionError, case_number, require_transition
from services.services_hall.items.domain import HandlingMode, check_item_code, check_limits
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import Invalid

ALLOWED = {
    ("submitted", "received"),
    ("submitted", "withdrawn"),
    ("received", "accepted"),
    ("received", "refused"),
    ("received", "withdrawn"),
    ("accepted", "decided"),
    ("accepted", "withdrawn"),
    ("decided", "closed"),
}


@pytest.mark.parametrize(("status", "to"), list(product(CaseStatus, CaseStatus)))
def test_a_case_moves_along_the_table_and_nowhere_else(status: CaseStatus, to: CaseStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(CaseTransitionError):
            require_transition(status, to)


def test_a_case_is_open_until_it_is_closed_refused_or_withdrawn() -> None:
    assert {status.value for status in OPEN} == {"submitted", "received", "accepted", "decided"}


def test_a_case_number_is_item_day_and_serial() -> None:
    assert (
        case_number("12441500196720244T3442199806003", "20220623", 68) == "12441500196720244T3442199806003202206230068"
    )
    assert case_number("VILLAGE-01", "20260101", 12345) == "VILLAGE-012026010112345"


def test_a_national_item_code_begins_with_a_valid_credit_code_and_a_local_one_need_not() -> None:
    check_item_code("12441500196720244T3442199806003")
    check_item_code("VILLAGE-CERT-01")
    with pytest.raises(Invalid):
        check_item_code("12441500196720244X3442199806003")


def test_a_promise_is_never_longer_than_the_law_and_at_once_means_zero() -> None:
    check_limits(HandlingMode.AT_ONCE, 20, 0)
    check_limits(HandlingMode.WITHIN_PROMISE, 20, 20)
    with pytest.raises(Invalid) as longer:
        check_limits(HandlingMode.WITHIN_PROMISE, 5, 6)
    assert [error.code for error in longer.value.errors] == ["beyond_statutory"]
    with pytest.raises(Invalid) as later:
        check_limits(HandlingMode.AT_ONCE, 20, 1)
    assert [error.code for error in later.value.errors] == ["at_once_is_zero"]
