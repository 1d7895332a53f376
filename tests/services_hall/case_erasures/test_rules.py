"""Rules of erasing in cases: the lifecycle of a run, restated by hand, and what a wish may bring forward."""

import pytest

from services.services_hall.case_erasures.domain import (
    BEFORE_TERM,
    CaseErasureDecided,
    CaseErasureStatus,
    require_transition,
)

ALLOWED = {("requested", "done"), ("requested", "refused"), ("requested", "withdrawn")}


@pytest.mark.parametrize("present", [str(one) for one in CaseErasureStatus])
@pytest.mark.parametrize("to", list(CaseErasureStatus))
def test_a_run_is_decided_once_and_never_taken_back(present: str, to: CaseErasureStatus) -> None:
    if (present, str(to)) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(CaseErasureDecided):
            require_transition(present, to)


def test_no_wish_is_stronger_than_the_mark_of_an_archive() -> None:
    assert {str(kind) for kind in BEFORE_TERM} == {"decided", "refused", "withdrawn", "expired", "removed"}
