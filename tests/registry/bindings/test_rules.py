"""Who has rights of their own, which ends a clerk may give, and what is entered to bind a login."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.registry.bindings.domain import ENDS_AT_HOME, TRIES, WITHIN, BindingEnd, has_rights
from services.registry.bindings.schemas import BindAccount, EndBinding, OwnBindingView
from shared.contracts.registry.persons import PersonStatus
from tests.registry.builders import TODAY


@pytest.mark.parametrize("status", PersonStatus)
def test_the_living_have_rights_of_their_own_though_they_have_left_or_are_missing(status: PersonStatus) -> None:
    person: Any = SimpleNamespace(status=str(status))
    assert has_rights(person) == (status in {"active", "moved_out", "missing"})


def test_nobody_has_no_rights() -> None:
    assert has_rights(None) is False


@pytest.mark.parametrize("reason", BindingEnd)
def test_a_clerk_gives_only_reasons_that_are_not_the_residents_own(reason: BindingEnd) -> None:
    if reason in {"lost_phone", "wrong_person", "other"}:
        assert EndBinding.model_validate({"reason": str(reason)}).reason is reason
        assert reason in ENDS_AT_HOME
    else:
        with pytest.raises(ValidationError) as refusal:
            EndBinding.model_validate({"reason": str(reason)})
        assert [one["type"] for one in refusal.value.errors()] == ["not_at_home"]


@pytest.mark.parametrize("code", ["0000000", "000000000", "0000000x", "٠٠٠٠٠٠٠٠", ""])
def test_a_code_has_eight_digits(code: str) -> None:
    with pytest.raises(ValidationError):
        BindAccount.model_validate({"document_number": "450481198502020037", "code": code})


def test_what_is_entered_is_taken_as_it_is_and_shows_in_no_repr() -> None:
    given = BindAccount.model_validate({"document_number": "450481198502020037", "code": "40318825"}).given()
    assert (given.document.number, str(given.document.type), given.code) == (
        "450481198502020037",
        "citizen_id",
        "40318825",
    )
    assert "40318825" not in repr(given)
    assert "450481198502020037" not in repr(given)


def test_five_wrong_tries_in_a_day() -> None:
    assert TRIES == 5
    assert WITHIN.total_seconds() == 24 * 60 * 60


def test_the_resident_is_shown_neither_login_nor_person_nor_who_ended_it() -> None:
    names = set(OwnBindingView.model_fields)
    assert names == {"id", "version", "status", "tried_at", "ended_at", "end_reason"}
    assert not names & {"person_id", "subject", "ended_by"}
    row = SimpleNamespace(id=uuid4(), version=1, status="failed", tried_at=f"{TODAY}T02:00:00Z", ended_at=None,
                          end_reason=None, person_id=uuid4(), subject="resident-7")  # fmt: skip
    assert "resident-7" not in OwnBindingView.model_validate(row, from_attributes=True).model_dump_json()
