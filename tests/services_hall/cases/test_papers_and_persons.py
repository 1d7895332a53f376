"""Rules of materials and of persons in a case by themselves: what is outstanding, who needs whom, what proves it."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.services_hall.cases.domain.codes import MaterialStatus, PartProof, PersonPart
from services.services_hall.cases.domain.materials import (
    checked_off,
    outstanding,
    promises,
    require_given,
    require_whole_notice,
    status_of,
)
from services.services_hall.cases.domain.persons import (
    ShownPerson,
    TypedPerson,
    is_minor,
    require_guardian,
    require_proof,
)
from shared.errors import DomainError
from shared.reference.documents import DocumentType
from tests.services_hall.cases.test_persons import ADULT, numbered

TODAY = date(2026, 3, 16)
LISTED = [
    {"name": "身份证", "required": True, "deferrable": False},
    {"name": "收入证明", "required": True, "deferrable": True},
    {"name": "照片", "required": False, "deferrable": True},
]
GIVEN, MISSING, FAULTY, DEFERRED = (MaterialStatus(one) for one in ("given", "missing", "faulty", "deferred"))


def told(check: Callable[..., object], *given: Any, **named: Any) -> tuple[str, list[str]] | None:
    """Code and paths of a refusal."""
    found: DomainError | None = None
    try:
        check(*given, **named)
    except DomainError as error:
        found = error
    return None if found is None else (found.code, [one.path for one in found.errors])


def lines(*statuses: MaterialStatus | None) -> list[dict[str, Any]]:
    """A check-list: what was said of each material by number; None: nothing."""
    return [
        {"number": n, "status": str(one), "promised_on": "2026-03-20" if one is DEFERRED else None}
        for n, one in enumerate(statuses, 1)
        if one is not None
    ]


def test_what_is_outstanding_is_what_is_required_or_promised_and_not_there() -> None:
    """The full product of what can be said of three materials, restated by hand."""
    for said in product((None, *MaterialStatus), repeat=3):
        checked = lines(*said)
        now, later = [], []
        for number, (listed, one) in enumerate(zip(LISTED, said, strict=True), 1):
            wanted = listed["required"] or one is DEFERRED
            if wanted and one not in (GIVEN, DEFERRED):
                now.append(number)
            if wanted and one is not GIVEN:
                later.append(number)
        assert outstanding(LISTED, checked, deferred_too=False) == now, said
        assert outstanding(LISTED, checked, deferred_too=True) == later, said
        for deferred_too, numbers in ((False, now), (True, later)):
            refused = told(require_given, LISTED, checked, deferred_too=deferred_too)
            assert refused == (("materials_outstanding", [f"materials.{n}" for n in numbers]) if numbers else None)
        assert len(promises(checked)) == said.count(DEFERRED), said
        assert [status_of(checked, n) for n in (1, 2, 3)] == [one or MISSING for one in said]


@pytest.mark.parametrize(
    ("number", "status", "promised", "expected"),
    [
        (0, GIVEN, None, ("material_unknown", ["number"])),
        (4, GIVEN, None, ("material_unknown", ["number"])),
        (1, GIVEN, 0, ("promise_wrong", ["promised_on"])),
        (1, MISSING, 5, ("promise_wrong", ["promised_on"])),
        (2, DEFERRED, None, ("promise_wrong", ["promised_on"])),
        (2, DEFERRED, -1, ("promise_wrong", ["promised_on"])),
        (1, DEFERRED, 5, ("material_not_deferrable", ["number"])),
        (2, DEFERRED, 0, None),
        (3, DEFERRED, 400, None),
        (1, FAULTY, None, None),
    ],
)
def test_what_is_said_of_a_material_is_refused_at_its_field(
    number: int, status: MaterialStatus, promised: int | None, expected: Any
) -> None:
    day = None if promised is None else TODAY + timedelta(days=promised)
    assert told(checked_off, LISTED, [], number, status, day, TODAY) == expected


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([GIVEN, MISSING, FAULTY])), max_size=12))
def test_of_each_material_the_last_word_stands_and_the_list_is_in_order(said: list[tuple[int, MaterialStatus]]) -> None:
    checked: list[dict[str, Any]] = []
    for number, status in said:
        before = [dict(one) for one in checked]
        after = checked_off(LISTED, checked, number, status, None, TODAY)
        assert checked == before, "what the case holds is not changed under its hand"
        checked = after
    last = dict(said)
    assert [(one["number"], one["status"]) for one in checked] == [(n, str(last[n])) for n in sorted(last)]


@pytest.mark.parametrize(
    ("said", "notice", "expected"),
    [
        ((GIVEN, None, None), [2], None),
        ((GIVEN, None, None), [2, 3, 1], None),  # more than what is missing may be named
        ((None, None, None), [1], ("notice_incomplete", ["materials.2"])),
        ((FAULTY, GIVEN, GIVEN), [], ("notice_incomplete", ["materials.1"])),
        ((None, None, None), [], ("notice_incomplete", ["materials.1", "materials.2"])),
        ((GIVEN, DEFERRED, None), [], None),  # it is promised
        ((GIVEN, GIVEN, GIVEN), [4, 1, 0], ("material_unknown", ["materials.0.number"])),
    ],
)
def test_the_one_notice_is_whole(said: tuple[Any, ...], notice: list[int], expected: Any) -> None:
    assert told(require_whole_notice, LISTED, lines(*said), notice) == expected


def born(day: str) -> dict[str, Any]:
    """The fields of a citizen who was born on a day."""
    return {"document_type": "citizen_id", "document_number": numbered(f"450481{day}001")}


AGES: list[tuple[str, bool, bool]] = [
    ("20080316", False, False),  # eighteen today
    ("20080317", True, False),
    ("20100316", True, False),  # sixteen today
    ("20100317", True, True),
    ("20200101", True, True),
    ("19781216", False, False),
]


@pytest.mark.parametrize(("day", "minor", "minor_of_own_labour"), AGES)
def test_who_is_under_age_needs_a_guardian_unless_they_live_on_their_own_labour(
    day: str, minor: bool, minor_of_own_labour: bool
) -> None:
    assert is_minor(born(day), TODAY, self_supporting=False) is minor
    assert is_minor(born(day), TODAY, self_supporting=True) is minor_of_own_labour


@pytest.mark.parametrize(
    ("type_", "number"),
    [
        (None, None), ("passport", "E12345678"), ("citizen_id", None), ("unheard", ADULT),
        ("taiwan_permit", "12345678"),
        (None, ADULT), ("citizen_id", "1"),
    ],
)  # fmt: skip
def test_whose_number_tells_no_age_is_taken_for_of_age(type_: str | None, number: str | None) -> None:
    assert is_minor({"document_type": type_, "document_number": number}, TODAY, self_supporting=False) is False
    assert is_minor({}, TODAY, self_supporting=False) is False


@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize(
    "parties", [[], ["agent"], ["guardian"], ["agent", "guardian"], ["spouse", "household_member"]]
)
def test_a_guardian_stands_in_the_case_of_who_needs_one(needed: bool, parties: list[str]) -> None:
    refused = needed and "guardian" not in parties
    found = told(require_guardian, needed, [{"capacity": one} for one in parties])
    assert found == (("guardian_needed", []) if refused else None)


def test_who_acts_for_the_applicant_proves_it_and_nobody_else_does() -> None:
    for part, proof in product(PersonPart, (None, *PartProof)):
        found = told(require_proof, part, proof)
        if part == "applicant":
            assert found == ("applicant_stands", ["capacity"])
        else:
            wrong = (part in ("agent", "guardian")) != (proof is not None)
            assert found == (("proof_needed", ["proof"]) if wrong else None), (part, proof)


TYPED: dict[str, Any] = {"name": "录入甲乙", "document_type": DocumentType.CITIZEN_ID, "document_number": ADULT}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, {"name": "录入甲乙", "document_type": "citizen_id", "document_number": ADULT, "phone": None}),
        ({"name": " 录入 甲乙 ", "phone": "138 0000 1234"}, {"name": "录入甲乙", "phone": "13800001234"}),
        ({"document_number": " 321083 19781216 2119"}, {"document_number": ADULT}),
        ({"document_number": "３２１０８３１９７８１２１６２１１９"}, {"document_number": ADULT}),
        ({"document_type": DocumentType.PASSPORT, "document_number": "e12345678"}, {"document_number": "E12345678"}),
    ],
)
def test_what_is_typed_is_kept_in_canonical_form(typed: dict[str, Any], expected: dict[str, Any]) -> None:
    cleaned = TypedPerson(**TYPED | typed).cleaned("person", TODAY)
    assert {name: cleaned[name] for name in expected} == expected
    assert cleaned.keys() == {"name", "document_type", "document_number", "phone"}, "as an extract has them"


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ({"name": ""}, ["person.name"]),
        ({"document_number": ADULT[:-1] + "8"}, ["person.document_number"]),
        ({"document_number": "E12345678"}, ["person.document_number"]),
        ({"document_type": DocumentType.PASSPORT, "document_number": "!"}, ["person.document_number"]),
        ({"phone": "12"}, ["person.phone"]),
        ({"name": "", "document_number": "1", "phone": "x"}, ["person.name", "person.document_number", "person.phone"]),
    ],
)
def test_all_that_is_typed_wrong_is_told_at_once_and_nothing_of_it_repeated(
    typed: dict[str, Any], paths: list[str]
) -> None:
    person = TypedPerson(**TYPED | typed)
    found = told(person.cleaned, "person", TODAY)
    assert found is not None
    assert (found[0], [*dict.fromkeys(found[1])]) == ("invalid_request", paths)


def test_nobody_is_shown_in_a_log() -> None:
    typed = TypedPerson(**TYPED | {"phone": "13800001234"})
    seen = ShownPerson(None, "agent", None, None, None, "录入甲乙", "citizen_id", ADULT, "13800001234")
    for one in (typed, seen):
        assert not [secret for secret in ("录入甲乙", ADULT, "13800001234") if secret in repr(one)]
