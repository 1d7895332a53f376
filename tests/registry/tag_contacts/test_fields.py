"""What of a contact is kept as it was entered, who may be what to whom, and on which days."""

from dataclasses import replace
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from services.registry.tag_contacts.domain import (
    KEEPABLE,
    ContactCorrection,
    ContactFields,
    ContactParty,
    ContactRelation,
    DueReason,
    TagContactDatesWrong,
    TagContactDoesNotFit,
    check_days,
    check_relation,
    checked,
    corrected,
    told,
)
from services.registry.tag_contacts.service.handling import read_back
from shared.contracts.registry.tags import TagContactRole
from shared.errors import Invalid
from tests.registry.builders import TODAY

GUARDIAN, RESPONSIBLE = TagContactRole.GUARDIAN, TagContactRole.RESPONSIBLE
KIN = {"parent", "grandparent", "spouse", "child", "sibling", "kin"}
GUARDIANS = {*KIN, "willing", "committee", "civil_affairs", "entrusted"}
"""民法典第二十七条、第二十八条、第三十二条, 未成年人保护法第二十二条."""
NOT_RESPONSIBLE = {"willing", "civil_affairs"}
BODIES = {"willing", "committee", "civil_affairs", "unit"}
NAME_OF_A_BODY = "第二中学?"


def somebody(**what: Any) -> ContactFields:
    """A volunteer outside the register, unless something else is said."""
    one = ContactFields(RESPONSIBLE, ContactParty.OUTSIDE, ContactRelation.VOLUNTEER, TODAY, name="上官植入")
    return replace(one, **what)


def problems(new: ContactFields) -> list[tuple[str, str]]:
    """What of it is refused: fields and codes."""
    try:
        checked(new)
    except (Invalid, TagContactDoesNotFit) as refusal:
        return [(one.path, one.code) for one in refusal.errors]
    return []


@pytest.mark.parametrize(("role", "relation"), list(product(TagContactRole, ContactRelation)))
def test_who_may_be_guardian_and_who_responsible_by_what_they_are_to_the_person(
    role: TagContactRole, relation: ContactRelation
) -> None:
    allowed = relation in GUARDIANS if role is GUARDIAN else relation not in NOT_RESPONSIBLE
    wrong = [] if allowed else [("relation", "relation")]
    assert problems(somebody(role=role, relation=relation)) == wrong
    if allowed:
        check_relation(role, relation)
    else:
        with pytest.raises(TagContactDoesNotFit):
            check_relation(role, relation)


@pytest.mark.parametrize("relation", ContactRelation)
def test_a_body_is_called_as_it_is_written_and_a_person_as_persons_are(relation: ContactRelation) -> None:
    role = GUARDIAN if relation in NOT_RESPONSIBLE else RESPONSIBLE
    as_written = problems(somebody(role=role, relation=relation, name=NAME_OF_A_BODY))
    assert as_written == ([] if relation in BODIES else [("name", "lost_character")])
    kept = checked(somebody(role=role, relation=relation, name=" 上官 植入 "))
    assert kept.name == ("上官 植入" if relation in BODIES else "上官植入")


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ({"phone": "12345"}, []),
        ({"phone": "12"}, [("phone", "phone")]),
        ({"name": "　", "phone": "12"}, [("name", "empty"), ("phone", "phone")]),
        ({"party": ContactParty.ACCOUNT, "subject": "clerk-7"}, []),
        ({"party": ContactParty.ACCOUNT, "subject": "clerk-7", "person_id": uuid4()}, [("person_id", "unexpected")]),
        ({"party": ContactParty.PERSON, "name": None, "person_id": uuid4(), "subject": "clerk-7"},
         [("subject", "unexpected")]),
        ({"party": ContactParty.ACCOUNT, "subject": "clerk-7", "role": GUARDIAN, "relation": ContactRelation.KIN},
         [("party", "account")]),
        ({"party": ContactParty.PERSON, "role": GUARDIAN, "name": None, "person_id": uuid4(),
          "relation": ContactRelation.KIN}, []),
    ],
)  # fmt: skip
def test_of_somebody_with_an_account_of_the_register_or_outside_what_belongs_to_it_is_entered(
    what: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    assert problems(somebody(**what)) == wrong


def test_a_phone_is_kept_in_one_form_and_somebody_of_the_register_without_a_name() -> None:
    assert checked(somebody(phone="138 0774 8000")) == somebody(phone="13807748000")
    of_register = somebody(party=ContactParty.PERSON, name=None, person_id=uuid4())
    assert checked(of_register) == of_register
    assert checked(replace(of_register, phone="12345")).phone == "12345"


@pytest.mark.parametrize(
    ("party", "name", "phone", "wrong"),
    [
        ("outside", "上官植入", None, []),
        ("outside", None, None, [("name", "empty")]),
        ("account", " ", None, [("name", "empty")]),
        ("outside", "上?", "12", [("name", "lost_character"), ("phone", "phone")]),
        ("person", None, None, []),
        ("person", "上官植入", None, [("name", "unexpected")]),
        ("person", None, "12", [("phone", "phone")]),
    ],
)
def test_a_correction_is_checked_as_an_entry_is(
    party: str, name: str | None, phone: str | None, wrong: list[tuple[str, str]]
) -> None:
    try:
        corrected(ContactParty(party), ContactCorrection(ContactRelation.KIN, TODAY, name, phone))
        found: list[tuple[str, str]] = []
    except Invalid as refusal:
        found = [(one.path, one.code) for one in refusal.errors]
    assert found == wrong


def test_a_correction_is_kept_in_one_form() -> None:
    said = ContactCorrection(ContactRelation.KIN, TODAY, " 上官 植入", "(0774)8212345")
    kept = ContactCorrection(ContactRelation.KIN, TODAY, "上官植入", "0774-8212345")
    assert corrected(ContactParty.OUTSIDE, said) == kept
    assert corrected(ContactParty.OUTSIDE, replace(said, relation=ContactRelation.UNIT)).name == "上官 植入"


@pytest.mark.parametrize(
    ("earliest", "day", "right"),
    [(14, 14, True), (14, 16, True), (15, 14, False), (14, 17, False)],
)
def test_a_day_lies_between_the_earliest_and_today(earliest: int, day: int, right: bool) -> None:
    days = date(2026, 3, earliest), date(2026, 3, day), TODAY
    if right:
        check_days("ended_on", *days)
    else:
        with pytest.raises(TagContactDatesWrong) as refusal:
            check_days("ended_on", *days)
        assert [one.path for one in refusal.value.errors] == ["ended_on"]


def test_whoever_is_dead_annulled_or_the_person_cannot_be_kept() -> None:
    assert {str(one) for one in KEEPABLE} == {"moved_out", "missing"}
    assert {str(one) for one in set(DueReason) - KEEPABLE} == {"deceased", "annulled", "same_person", "no_guardian"}


def test_a_tag_tells_of_a_contact_which_one_and_as_what_and_no_more() -> None:
    one, other = uuid4(), uuid4()
    contacts = [
        SimpleNamespace(id=one, role="guardian", name="上官植入", phone="13512345678", party_id=uuid4()),
        SimpleNamespace(id=other, role="responsible", name=None, phone=None, party_id=None),
    ]
    assert told(contacts) == [{"id": str(one), "role": "guardian"}, {"id": str(other), "role": "responsible"}]


@pytest.mark.parametrize("ended_on", [None, date(2026, 3, 10)])
@pytest.mark.parametrize("party", [None, uuid4()])
def test_a_version_is_read_back_as_it_was(ended_on: date | None, party: Any) -> None:
    was = {"role": "guardian", "party_id": party, "began_on": date(2026, 3, 2), "ended_on": ended_on}
    stored = {name: value if value is None else str(value) for name, value in was.items()}
    assert read_back(stored) == was
