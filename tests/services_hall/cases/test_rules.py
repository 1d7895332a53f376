"""The lifecycle of a case, restated by hand and walked in full."""

from itertools import product

import pytest

from services.services_hall.cases.domain import OPEN, CaseTransitionError, case_number, require_transition
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import ErrorKind
from shared.ids import new_id
from tests.services_hall.conftest import NATIONAL

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
        return
    case_id = new_id()
    with pytest.raises(CaseTransitionError) as refused:
        require_transition(status, to, case_id)
    assert (refused.value.kind, refused.value.code) == (ErrorKind.CONFLICT, "case_transition_not_allowed")
    assert refused.value.subject == case_id


def test_a_case_is_open_until_it_is_closed_refused_or_withdrawn() -> None:
    assert {status.value for status in OPEN} == {"submitted", "received", "accepted", "decided"}


def test_a_case_number_is_item_day_and_serial() -> None:
    assert case_number(NATIONAL, "20220623", 68) == "12441500196720244T3442199806003202206230068"
    assert case_number("VILLAGE-01", "20260101", 12345) == "VILLAGE-012026010112345"
    assert len(case_number(NATIONAL, "20220623", 9999)) == 31 + 8 + 4
