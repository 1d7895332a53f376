"""Rules of organisations: the table of moves, restated by hand; credit codes by kind; days; what a repr shows."""

from dataclasses import replace
from datetime import date
from itertools import product

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
