"""What a new person must bring and a correction may not break, without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place
from services.registry.persons.domain import (
    Correction,
    Identity,
    NewPerson,
    NothingToCorrect,
    NumberDisagrees,
    PersonFields,
    check_correction,
    check_new,
    tidied,
)
from services.registry.persons.service.disclosures import masked
from shared.errors import FieldError, Invalid
from shared.reference.documents import DocumentType
from tests.registry.builders import TODAY, VILLAGE, a_new_person, a_number

BIRTH = date(1960, 5, 17)
NUMBER = a_number(BIRTH, "2", serial=40001)


def refusals(person: NewPerson, path: str = "") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check_new(person, today=TODAY, path=path)
    return [(error.path, error.code) for error in refused.value.errors]


def test_the_number_comes_back_as_it_is_kept() -> None:
    for told in (NUMBER, NUMBER.lower(), f" {NUMBER[:6]} {NUMBER[6:]} ", NUMBER.translate(FULL_WIDTH)):
        person = a_new_person(document=Identity(DocumentType.CITIZEN_ID, told))
        assert check_new(person, today=TODAY) == NUMBER
    newborn = a_new_person(entry=LifeEventKind.BIRTH, birth_date=TODAY, occurred_on=TODAY, document=None)
    assert check_new(newborn, today=TODAY) is None


FULL_WIDTH = {ord(str(n)): chr(ord("０") + n) for n in range(10)}


@pytest.mark.parametrize(
    ("what", "errors"),
    [
        ({"name": ""}, [("name", "name_length")]),
        ({"name": "覃" * 101}, [("name", "name_length")]),
        ({"name": "覃\u200b秀英"}, [("name", "control_character")]),
        ({"name": "覃\u202e秀英"}, [("name", "control_character")]),
        ({"name": "覃\n秀英"}, [("name", "control_character")]),
        ({"ethnic_group": "00"}, [("ethnic_group", "code")]),
        ({"ethnic_group": "60"}, [("ethnic_group", "code")]),
        ({"phone": "12345"}, [("phone", "phone")]),
        ({"phone": "23807748000"}, [("phone", "phone")]),
        ({"phone": "138077480000"}, [("phone", "phone")]),
        ({"phone": "12345678901"}, [("phone", "phone")]),
        ({"residence": None, "registration": None}, [("residence", "missing")]),
        ({"residence": None, "registration": Place("450481", REGISTERED_PLACE)}, [("residence", "missing")]),
        ({"document": None}, [("document", "missing")]),
        ({"entry": LifeEventKind.MOVE_IN, "document": None}, [("document", "missing")]),
        ({"entry": LifeEventKind.BIRTH, "occurred_on": date(1960, 5, 18)}, [("occurred_on", "birth_day")]),
        ({"birth_date": date(2026, 3, 17), "document": None}, [("birth_date", "future_date"), ("document", "missing")]),
    ],
)
def test_what_is_wrong_with_a_new_person_is_named(what: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    assert refusals(a_new_person(**what)) == errors
    prefixed = [(f"members.3.person.{path}", code) for path, code in errors]
    assert refusals(a_new_person(**what), "members.3.person.") == prefixed


def test_everything_that_is_wrong_is_named_at_once() -> None:
    person = a_new_person(
        name="",
        ethnic_group="99",
        phone="x",
        residence=None,
        registration=None,
        document=Identity(DocumentType.CITIZEN_ID, NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")),
    )
    assert [path for path, _ in refusals(person)] == [
        "name",
        "ethnic_group",
        "phone",
        "residence",
        "document.number",
    ]


@pytest.mark.parametrize("phone", ["13807748000", "19912345678", "0774-8212345", "07748212345", "010-62345678"])
def test_mobile_and_land_lines_are_phones(phone: str) -> None:
    check_new(a_new_person(phone=phone), today=TODAY)


@pytest.mark.parametrize(
    ("type_", "number", "problem"),
    [
        (DocumentType.PASSPORT, "E12345678", None),
        (DocumentType.PASSPORT, "E12", "pattern"),
        (DocumentType.HK_MACAO_PERMIT, "H12345678", None),
        (DocumentType.HK_MACAO_PERMIT, "X12345678", "pattern"),
        (DocumentType.TAIWAN_PERMIT, "12345678", None),
        (DocumentType.TAIWAN_PERMIT, "1234567", "pattern"),
        (DocumentType.RESIDENCE_PERMIT, NUMBER, "another_document"),
        (DocumentType.CITIZEN_ID, "1234567", "length"),
    ],
)
def test_a_number_is_checked_by_its_document(type_: DocumentType, number: str, problem: str | None) -> None:
    person = a_new_person(document=Identity(type_, number))
    if problem is None:
        assert check_new(person, today=TODAY) == number
    else:
        assert ("document.number", problem) in refusals(person)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ({"sex": "1"}, ["sex"]),
        ({"birth_date": date(1960, 5, 18)}, ["birth_date"]),
        ({"sex": "1", "birth_date": date(1961, 5, 17)}, ["sex", "birth_date"]),
        ({"sex": "9"}, ["sex"]),
    ],
)
def test_a_number_and_the_fields_may_not_disagree(what: dict[str, Any], fields: list[str]) -> None:
    person = replace(a_new_person(document=Identity(DocumentType.CITIZEN_ID, NUMBER)), **what)
    with pytest.raises(NumberDisagrees) as refused:
        check_new(person, today=TODAY, path="x.")
    assert [error.path for error in refused.value.errors] == [f"x.{field}" for field in fields]


def test_a_passport_says_nothing_of_sex_and_birth() -> None:
    check_new(a_new_person(sex="9", document=Identity(DocumentType.PASSPORT, "E12345678")), today=TODAY)


AS_IT_IS = PersonFields(
    name="覃秀英",
    sex="2",
    birth_date=BIRTH,
    document=Identity(DocumentType.CITIZEN_ID, NUMBER),
    ethnic_group="08",
    phone="12345678901",  # kept since before phone numbers were judged by their ranges
    address=None,
)


def corrected(before: PersonFields = AS_IT_IS, **given: Any) -> PersonFields:
    return check_correction(before, Correction(given).of(before), today=TODAY)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": "覃" * 101}, [("name", "name_length")]),
        ({"ethnic_group": "99", "phone": "1"}, [("ethnic_group", "code"), ("phone", "phone")]),
        ({"birth_date": date(2026, 3, 17), "document": None}, [("birth_date", "future_date")]),
        ({"document": Identity(DocumentType.PASSPORT, "?")}, [("document.number", "pattern")]),
    ],
)
def test_what_is_wrong_with_a_correction_is_named(given: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        corrected(**given)
    assert [(error.path, error.code) for error in refused.value.errors] == errors


def test_a_correction_is_checked_against_what_stands_after_it() -> None:
    without = replace(AS_IT_IS, document=None)
    assert corrected(without, sex="1") == replace(without, sex="1")
    with pytest.raises(NumberDisagrees):
        corrected(sex="1")


def test_what_a_correction_leaves_is_not_judged_again() -> None:
    assert corrected(name="覃 小 英") == replace(AS_IT_IS, name="覃小英")


@pytest.mark.parametrize(
    "given",
    [
        {"name": " 覃秀英"},
        {"document": Identity(DocumentType.CITIZEN_ID, f" {NUMBER} ")},
        {"address": None},
        {"phone": "12345678901", "sex": "2"},
    ],
)
def test_a_correction_that_leaves_everything_as_it_is_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(NothingToCorrect):
        corrected(**given)


def test_none_removes() -> None:
    assert corrected(phone=None, ethnic_group=None) == replace(AS_IT_IS, phone=None, ethnic_group=None)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        (" 覃秀英 ", "覃秀英"),
        ("e\u0301", "é"),
        ("思孟村  三组", "思孟村  三组"),
    ],
)
def test_free_text_is_composed_and_trimmed(told: str | None, kept: str | None) -> None:
    assert tidied(a_new_person(address=told)).address == kept


@pytest.mark.parametrize(
    ("number", "type_", "shown"),
    [
        ("45048119900307019X", "citizen_id", "450481********019X"),
        ("E12345678", "passport", "****78"),
        ("H12345678", "hk_macao_permit", "****78"),
        ("12345678", "taiwan_permit", "****"),
        (None, None, None),
    ],
)
def test_what_most_readers_see_of_a_number(number: str | None, type_: str | None, shown: str | None) -> None:
    told = masked("欧阳致远", number, "0774-8212345", type_)
    quoted = "null" if shown is None else f'"{shown}"'
    assert told == f'["欧**远",{quoted},"****"]'


def test_no_repr_of_a_person_tells_anything() -> None:
    person = a_new_person(name="欧阳植入", document=Identity(DocumentType.CITIZEN_ID, NUMBER), phone="13912345678")
    for shown in (repr(person), repr(person.document), repr(Correction({"name": "欧阳植入", "phone": "13912345678"}))):
        for secret in ("欧阳植入", NUMBER, "13912345678", VILLAGE):
            assert secret not in shown


def test_no_refusal_of_a_rule_repeats_what_was_told() -> None:
    person = a_new_person(name="覃\u200b秀英", phone="1380774", document=Identity(DocumentType.CITIZEN_ID, NUMBER[:17]))
    with pytest.raises(Invalid) as refused:
        check_new(person, today=TODAY)
    told = repr(refused.value.errors) + str(refused.value)
    assert all(isinstance(error, FieldError) for error in refused.value.errors)
    for secret in ("秀英", "1380774", NUMBER[:17]):
        assert secret not in told
