"""Rules of erasures: which moves are allowed, and until when an entry is kept."""

from datetime import UTC, date, datetime
from itertools import product
from uuid import uuid4

import pytest

from services.registry.erasures.domain import (
    SERVICES,
    TRANSITIONS,
    ErasureDecided,
    kept_until,
    may_be_erased,
    require_transition,
)
from services.registry.persons.domain import PersonRecord
from services.registry.retentions.domain import DEFAULTS
from shared.contracts.registry.erasures import ErasureStatus
from shared.contracts.registry.persons import PersonStatus
from shared.testing.databases import existing_services

ALLOWED = {
    ("requested", "ordered"),
    ("requested", "refused"),
    ("requested", "withdrawn"),
    ("ordered", "done"),
}
CHANGED = datetime(2024, 2, 28, 18, tzinfo=UTC)  # the 29th in Shanghai


@pytest.mark.parametrize(("present", "to"), [*product(ErasureStatus, ErasureStatus)])
def test_moves(present: ErasureStatus, to: ErasureStatus) -> None:
    if (present, to) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(ErasureDecided):
            require_transition(present, to)
    assert set(TRANSITIONS) == set(ErasureStatus)


def test_every_service_is_asked() -> None:
    assert sorted(SERVICES) == sorted(existing_services())


def a_record(status: str, **what: object) -> PersonRecord:
    kept = {"residence_until": None, "registration_until": None, "died_on": None}
    return PersonRecord(
        id=uuid4(), version=1, status=status, sex="2", birth_date=date(1960, 5, 17), ethnic_group=None,
        document_type=None, name_sealed=b"", number_sealed=None, phone_sealed=None, address_sealed=None,
        masked_sealed=b"", residence=[], registration=[], residence_area=None, registration_area=None,
        **(kept | what),  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("person", "until"),
    [
        (a_record("moved_out", residence_until=date(2019, 3, 1), registration_until=date(2020, 2, 29)), (2025, 3, 1)),
        (a_record("moved_out", residence_until=date(2019, 3, 1)), (2024, 3, 1)),
        (a_record("deceased", died_on=date(2015, 6, 30), residence_until=date(2015, 6, 30)), (2025, 6, 30)),
        (a_record("annulled"), (2025, 3, 1)),
    ],
)
def test_an_entry_is_kept_for_years_after_its_end(person: PersonRecord, until: tuple[int, int, int]) -> None:
    assert kept_until(person, CHANGED, DEFAULTS) == date(*until)


def test_who_belongs_to_the_register_is_kept() -> None:
    kept = {status for status in PersonStatus if not may_be_erased(a_record(status))}
    assert kept == {PersonStatus.ACTIVE, PersonStatus.MISSING}
