"""Who may be guardian or responsible person, what follows what, and why a contact has to be looked after."""

from datetime import date
from itertools import product
from uuid import UUID, uuid4

import pytest

from services.registry.tag_contacts.domain import (
    RELATIONS,
    ContactFields,
    ContactParty,
    ContactRelation,
    ContactStatus,
    DueReason,
    TagContactDoesNotFit,
    TagContactTransitionError,
    check_party,
    checked,
    due_reason,
    require_transition,
)
from services.registry.tags.domain import CARE, CONDITIONS, NEEDS_GUARDIAN, SENSITIVE
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagContactRole
from shared.errors import Invalid

ALLOWED = {("valid", "ended"), ("valid", "withdrawn"), ("ended", "withdrawn")}
TODAY, WARD = date(2026, 3, 16), uuid4()


@pytest.mark.parametrize(("one", "other"), list(product(ContactStatus, repeat=2)))
def test_moves(one: ContactStatus, other: ContactStatus) -> None:
    if (one, other) in ALLOWED:
        require_transition(one, other)
    else:
        with pytest.raises(TagContactTransitionError):
            require_transition(one, other)


@pytest.mark.parametrize("status", PersonStatus)
def test_why_a_contact_has_to_be_looked_after(status: PersonStatus) -> None:
    due = {"deceased", "moved_out", "missing", "annulled"}
    found = due_reason(WARD, uuid4(), status)
    assert found == (DueReason(status) if status in due else None)
    assert due_reason(WARD, WARD, status) is DueReason.SAME_PERSON


@pytest.mark.parametrize(
    ("role", "party", "born", "codes"),
    [
        ("guardian", uuid4(), date(2008, 3, 16), []),
        ("guardian", uuid4(), date(2008, 3, 17), ["under_age"]),
        ("responsible", uuid4(), date(2008, 3, 17), []),
        ("responsible", WARD, date(1960, 1, 1), ["same_person"]),
        ("guardian", WARD, date(2016, 1, 1), ["same_person", "under_age"]),
    ],
)
def test_a_guardian_is_of_age_and_somebody_else(role: str, party: UUID, born: date, codes: list[str]) -> None:
    try:
        check_party(TagContactRole(role), WARD, party, born, today=TODAY)
        refused: list[str] = []
    except TagContactDoesNotFit as refusal:
        refused = [one.code for one in refusal.errors]
    assert refused == codes


@pytest.mark.parametrize(
    ("party", "person_id", "subject", "name", "problems"),
    [
        ("person", True, None, None, []),
        ("person", False, None, None, [("person_id", "missing")]),
        ("person", True, None, "某", [("name", "unexpected")]),
        ("outside", False, None, "某", []),
        ("outside", False, None, None, [("name", "empty")]),
        ("outside", True, "worker", "某", [("person_id", "unexpected"), ("subject", "unexpected")]),
        ("account", False, "worker", "某", []),
        ("account", False, None, "  ", [("subject", "missing"), ("name", "empty")]),
    ],
)
def test_of_each_party_what_is_known_is_entered(
    party: str, person_id: bool, subject: str | None, name: str | None, problems: list[tuple[str, str]]
) -> None:
    new = ContactFields(
        role=TagContactRole.RESPONSIBLE,
        party=ContactParty(party),
        relation=ContactRelation.VOLUNTEER,
        began_on=TODAY,
        person_id=uuid4() if person_id else None,
        subject=subject,
        name=name,
    )
    try:
        checked(new)
        found: list[tuple[str, str]] = []
    except Invalid as refusal:
        found = [(one.path, one.code) for one in refusal.errors]
    assert found == problems


def test_each_relation_is_somebodys_and_each_tag_that_needs_a_guardian_is_a_tag() -> None:
    assert frozenset().union(*RELATIONS.values()) == frozenset(ContactRelation)
    assert NEEDS_GUARDIAN.keys() <= CARE.keys() | SENSITIVE.keys()
    young = [code for code in NEEDS_GUARDIAN if code in CARE]
    assert all((CONDITIONS[code].high or 99) <= 18 for code in young)
