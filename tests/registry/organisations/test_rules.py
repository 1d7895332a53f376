"""Rules of organisations: the table of moves, restated by hand; credit codes by kind; days; what a repr shows."""

from dataclasses import replace
from datetime import date
from itertools import product

import orjson
import pytest

from services.registry.organisations.domain import (
    OrganisationContact,
    OrganisationDatesWrong,
    OrganisationFields,
    OrganisationFilter,
    OrganisationTransitionError,
    check_days,
    checked,
    require_transition,
)
from services.registry.organisations.service.handling import columns_of, read_back
from shared.contracts.registry.organisations import OrganisationKind, OrganisationRegistration, OrganisationStatus
from shared.errors import Invalid
from shared.reference.credit_codes import check_character
from tests.registry.builders import VILLAGE

ALLOWED = {("active", "ended"), ("active", "withdrawn"), ("ended", "active"), ("ended", "withdrawn")}
TODAY = date(2026, 3, 16)
NOBODY = OrganisationContact()
PLAIN = OrganisationFields(
    area=VILLAGE,
    kind=OrganisationKind.COLLECTIVE,
    name="思孟村股份经济合作社",
    began_on=date(2026, 1, 5),
    credit_code=None,
    registration=OrganisationRegistration.REGISTERED,
    registered_on=None,
    members=None,
    contact=NOBODY,
)


def a_code(first: str) -> str:
    return (body := f"{first}450481MF0000001") + check_character(body)


def refused(new: OrganisationFields) -> list[tuple[str, str]]:
    try:
        checked(new)
    except Invalid as error:
        return [(one.path, one.code) for one in error.errors]
    return []


@pytest.mark.parametrize(("status", "to"), list(product(OrganisationStatus, OrganisationStatus)))
def test_only_the_moves_of_the_table_are_allowed(status: OrganisationStatus, to: OrganisationStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(OrganisationTransitionError):
            require_transition(status, to)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("collective", ("N1", "N2", "N3", "91", "93"), ("51", "N9", "12")),
        ("social_organisation", ("51", "52", "53"), ("N2", "91", "54")),
        ("volunteer_team", ("51",), ("N2", "92")),
        ("resident_unit", ("91", "92", "12", "54", "Y1", "A1"), ("N1", "N2", "N3", "51", "52")),
    ],
)
def test_a_code_is_of_the_organisations_kind(kind: str, right: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    new = replace(PLAIN, kind=OrganisationKind(kind))
    for first in right:
        assert refused(replace(new, credit_code=a_code(first))) == [], first
    for first in wrong:
        assert refused(replace(new, credit_code=a_code(first))) == [("credit_code", "other_kind")], first


@pytest.mark.parametrize(
    ("code", "problems"),
    [
        ("N2450481MF00000012", []),
        (" ｎ2450481mf0000001２ ", []),
        ("N2450481MF00000013", ["checksum"]),
        ("N2450481MF0000001", ["length"]),
        ("N2450481MI00000012", ["charset"]),
        ("N2450481MO00000012", ["charset"]),
        ("N2450481MZ00000012", ["charset"]),
        ("N2450481MS00000012", ["charset"]),
        ("N2450481MV00000012", ["charset"]),
        ("G2450481MF00000012", ["unknown_registrar", "checksum"]),
    ],
)
def test_all_that_is_wrong_with_a_code_is_told(code: str, problems: list[str]) -> None:
    assert refused(replace(PLAIN, credit_code=code)) == [("credit_code", one) for one in problems]


def test_everything_is_kept_in_one_form() -> None:
    contact = OrganisationContact(" 示例路1号 ", "欧阳.植入", "１３９ 1234 5678")
    kept = checked(replace(PLAIN, name=" 思孟村老年协会 ", credit_code="n2450481mf00000012", contact=contact))
    assert (kept.name, kept.credit_code) == ("思孟村老年协会", "N2450481MF00000012")
    assert kept.contact == OrganisationContact("示例路1号", "欧阳·植入", "13912345678")


def test_what_does_not_fit_together_is_told_by_field() -> None:
    new = replace(PLAIN, name="\u3000\u200b", contact=OrganisationContact(None, "?", "12"))
    new = replace(new, registration=OrganisationRegistration.NONE, registered_on=TODAY, credit_code=a_code("N2"))
    assert [path for path, _ in refused(new)] == ["name", "registration", "registered_on", "responsible", "phone"]


def test_days_lie_between_the_earliest_and_today() -> None:
    check_days("ended_on", TODAY, TODAY, TODAY)
    for day in (date(2026, 3, 15), date(2026, 3, 17)):
        with pytest.raises(OrganisationDatesWrong) as told:
            check_days("ended_on", TODAY, day, TODAY)
        assert [one.path for one in told.value.errors] == ["ended_on"]


def test_nobody_is_named_in_a_repr() -> None:
    contact = OrganisationContact("植入街", "欧阳植入", "13912345678")
    shown = repr((contact, replace(PLAIN, contact=contact), OrganisationFilter(name="思孟村")))
    assert not any(secret in shown for secret in ("植入", "139", "思孟"))


def test_what_is_kept_of_an_organisation_is_all_that_was_entered() -> None:
    full = replace(
        PLAIN,
        credit_code="N2450481MF00000012",
        registered_on=date(2026, 1, 6),
        members=0,
        contact=OrganisationContact("示例路1号", "欧阳植入", "0774-8212345"),
    )
    assert checked(full) == full
    columns = columns_of(full)
    assert columns == {
        "area": VILLAGE,
        "kind": "collective",
        "name": full.name,
        "compared": full.name,
        "credit_code": full.credit_code,
        "registration": "registered",
        "registered_on": date(2026, 1, 6),
        "members": 0,
        "began_on": date(2026, 1, 5),
    }
    content = {**columns, "ended_on": None, "status": "active", "earlier": []}
    recorded = orjson.loads(orjson.dumps(content))
    assert read_back(recorded) == content
    assert read_back(recorded | {"ended_on": "2026-03-01"})["ended_on"] == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("registration", "registered_on", "code", "wrong"),
    [
        ("registered", TODAY, "N2", []),
        ("registered", None, None, []),
        ("filed", TODAY, None, []),
        ("filed", None, None, []),
        ("filed", TODAY, "N2", ["registration"]),
        ("none", None, None, []),
        ("none", None, "N2", ["registration"]),
        ("none", TODAY, None, ["registered_on"]),
        ("none", TODAY, "N2", ["registration", "registered_on"]),
    ],
)
def test_who_has_a_code_is_registered_and_who_is_neither_has_no_day(
    registration: str, registered_on: date | None, code: str | None, wrong: list[str]
) -> None:
    new = replace(
        PLAIN,
        registration=OrganisationRegistration(registration),
        registered_on=registered_on,
        credit_code=code and a_code(code),
    )
    assert refused(new) == [(path, "not_registered") for path in wrong]


def test_a_wrong_code_is_not_said_to_be_of_another_kind_besides() -> None:
    new = replace(PLAIN, kind=OrganisationKind.SOCIAL, credit_code="N2450481MF00000013")
    assert refused(new) == [("credit_code", "checksum")]


@pytest.mark.parametrize(
    ("contact", "wrong"),
    [
        (OrganisationContact("植入街", None, None), []),
        (OrganisationContact(None, "欧阳植入", None), []),
        (OrganisationContact(None, None, "0774-8212345"), []),
        (OrganisationContact(None, None, "139 1234 5678"), []),
        (OrganisationContact(None, "欧阳3", None), ["responsible"]),
        (OrganisationContact(None, None, "12345"), []),
        (OrganisationContact(None, None, "12"), ["phone"]),
        (OrganisationContact("植入街", "?", "电话"), ["responsible", "phone"]),
    ],
)
def test_each_part_of_a_contact_is_checked_by_itself(contact: OrganisationContact, wrong: list[str]) -> None:
    assert [path for path, _ in refused(replace(PLAIN, contact=contact))] == wrong
