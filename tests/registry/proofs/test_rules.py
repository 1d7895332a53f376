"""How long a proof serves, what a resident may say at a counter, and what proves nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.registry.proofs.domain import (
    CODE_DIGITS,
    TRANSITIONS,
    TRIES,
    VALID,
    WITHIN,
    ProofMeans,
    ProofRecord,
    ProofStatus,
)
from services.registry.proofs.schemas import OpenProof
from tests.registry.builders import FAR

OPENED = datetime(2026, 3, 16, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_record(status: str) -> ProofRecord:
    """A proof that was tried at a counter of FAR."""
    return ProofRecord(
        id=uuid4(),
        version=1,
        status=status,
        place=FAR,
        purpose="self",
        means="code",
        person_id=uuid4(),
        opened_by="counter",
        opened_at=OPENED,
        expires_at=OPENED + VALID,
        closed_by=None,
        closed_at=None,
        uses=0,
    )


@pytest.mark.parametrize("status", ProofStatus)
@pytest.mark.parametrize(("later", "within"), [(timedelta(), True), (VALID - SECOND, True), (VALID, False)])
def test_an_open_proof_serves_for_its_minutes_and_no_other_does(
    status: ProofStatus, later: timedelta, within: bool
) -> None:
    assert a_record(str(status)).serves(OPENED + later) == (within and status == "open")


def test_five_wrong_tries_in_a_day_and_fifteen_minutes() -> None:
    assert (TRIES, CODE_DIGITS) == (5, 8)
    assert [one.total_seconds() for one in (WITHIN, VALID)] == [24 * 60 * 60, 15 * 60]
    assert set(TRANSITIONS) == set(ProofStatus)


def said(**what: Any) -> OpenProof:
    """What a resident says at a counter of FAR."""
    body = {"place": FAR, "purpose": "case_handling", "document_number": "450481198502020037"} | what
    return OpenProof.model_validate(body)


def test_a_resident_says_a_phone_or_a_code() -> None:
    phone, code = said(phone="13807748000").given(), said(code="00000007").given()
    assert (phone.means, phone.fact) == (ProofMeans.PHONE, "13807748000")
    assert (code.means, code.fact) == (ProofMeans.CODE, "00000007")
    assert (code.place, str(code.purpose), code.document.number) == (FAR, "case_handling", "450481198502020037")
    assert str(code.document.type) == "citizen_id"
    assert str(said(phone="1", document_type="passport").given().document.type) == "passport"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({}, "one_of_two"),
        ({"phone": "13807748000", "code": "00000007"}, "one_of_two"),
        ({"code": "0000007"}, "string_pattern_mismatch"),
        ({"code": "000000007"}, "string_pattern_mismatch"),
        ({"code": "٠٠٠٠٠٠٠٧"}, "string_pattern_mismatch"),
        ({"phone": ""}, "string_too_short"),
    ],
)
def test_neither_or_both_or_a_code_of_another_form_is_refused(what: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        said(**what)
    assert [one["type"] for one in refusal.value.errors()] == [kind]


def test_neither_what_was_said_nor_the_code_shows_in_a_repr() -> None:
    given = said(code="40318825").given()
    assert "40318825" not in repr(given)
    assert "450481198502020037" not in repr(given)
