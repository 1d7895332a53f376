"""Rules of transfers: where they go from where, and when the limit of work days has passed."""

from datetime import date
from itertools import product

import pytest

from services.registry.transfers.domain import (
    TransferDecided,
    TransferNotConfirmed,
    due_on,
    require_transition,
)
from shared.contracts.registry.transfers import TransferStatus
from shared.errors import DomainError
from shared.reference.calendar import published_years
from shared.workdays import WorkingCalendar

ALLOWED = {
    ("requested", "confirmed"),
    ("requested", "refused"),
    ("requested", "withdrawn"),
    ("requested", "lapsed"),
    ("confirmed", "reversed"),
}


def test_a_transfer_goes_these_ways_and_no_others() -> None:
    for present, to in product(TransferStatus, TransferStatus):
        refused: type[DomainError] | None = None
        try:
            require_transition(str(present), to)
        except (TransferDecided, TransferNotConfirmed) as error:
            refused = type(error)
        if (present, to) in ALLOWED:
            assert refused is None, (present, to)
        else:
            assert refused is (TransferNotConfirmed if to is TransferStatus.REVERSED else TransferDecided)


@pytest.mark.parametrize(
    ("requested", "days", "due"),
    [
        (date(2026, 3, 16), 5, date(2026, 3, 23)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),  # the holiday, and Saturday 10-10 that is worked
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
    ],
)
def test_the_limit_counts_work_days_by_the_countys_calendar(requested: date, days: int, due: date) -> None:
    assert due_on(requested, days, WorkingCalendar(published_years())) == due
