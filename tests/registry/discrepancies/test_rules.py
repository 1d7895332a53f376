"""Lifecycle of a discrepancy: the full product of moves."""

import pytest

from services.registry.discrepancies.domain import DiscrepancyNotOpen, DiscrepancyStatus, require_transition

ALLOWED = {
    (DiscrepancyStatus.OPEN, DiscrepancyStatus.EXPLAINED),
    (DiscrepancyStatus.OPEN, DiscrepancyStatus.GONE),
    (DiscrepancyStatus.EXPLAINED, DiscrepancyStatus.OPEN),
    (DiscrepancyStatus.EXPLAINED, DiscrepancyStatus.GONE),
}


@pytest.mark.parametrize("present", DiscrepancyStatus)
@pytest.mark.parametrize("to", DiscrepancyStatus)
def test_every_move_is_allowed_or_refused(present: DiscrepancyStatus, to: DiscrepancyStatus) -> None:
    if (present, to) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(DiscrepancyNotOpen):
            require_transition(present, to)
