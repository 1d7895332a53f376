"""What is wrong with an item before it is kept: its code, fee, steps, areas and materials, each told at its field."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.services_hall.items.domain.codes import HandlingMode
from services.services_hall.items.domain.rules import check_fee, check_item_code, check_steps
from services.services_hall.items.service.content import (
    NAMES,
    Change,
    NewVersion,
    changes,
    content_of,
    read_content,
)
from shared.contracts.duties import DutyKind
from shared.errors import FieldError, Invalid
from tests.services_hall.conftest import NATIONAL

PLAIN = NewVersion("居住证明", HandlingMode.WITHIN_PROMISE, 20, 5, (9, 12))
MATERIALS: tuple[dict[str, Any], ...] = (
    {"name": "居民身份证", "form": "copy", "copies": 1, "required": True, "deferrable": False},
    {"name": "居民户口簿", "form": "original", "copies": 2, "required": False, "deferrable": True},
)
STEPS: tuple[dict[str, Any], ...] = (
    {"name": "镇级审核", "level": 9, "days": 2, "department": None},
    {"name": "县级审定", "level": 6, "days": 3, "department": "health"},
)


def told(check: Callable[..., None], *given: Any) -> list[tuple[str, str]]:
    """Path and code of each refused field; empty where nothing is wrong. Every message is Chinese."""
    found: Sequence[FieldError] = ()
    try:
        check(*given)
    except Invalid as error:
        found = error.errors
    assert all(any("一" <= sign <= "龥" for sign in one.message) for one in found)
    return [(one.path, one.code) for one in found]


CODES: list[tuple[str, str | None]] = [
    ("VILLAGE-CERT-01", None),
    ("a.b_c-D9", None),
    ("1" * 9, None),
    (NATIONAL, None),
    ("X" * 40, None),
    ("", "string_pattern_mismatch"),
    ("X" * 41, "string_pattern_mismatch"),
    ("居住证明", "string_pattern_mismatch"),
    ("CERT 01", "string_pattern_mismatch"),
    ("CERT-01\n", "string_pattern_mismatch"),
    ("CERT/01", "string_pattern_mismatch"),
    ("ＣＥＲＴ", "string_pattern_mismatch"),
    ("ÇERT", "string_pattern_mismatch"),
    ("１２３", "string_pattern_mismatch"),
    ("45048119900307019X", "plain_identifier"),
    ("CERT-45048119900307019X-1", "plain_identifier"),
    ("13800001234", "plain_identifier"),
    ("WINDOW.13800001234", "plain_identifier"),
    ("0774-8223344", "plain_identifier"),
    ("6222021234567890123", "plain_identifier"),
    ("2" + NATIONAL[1:], "credit_code"),
]


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_a_code_is_letters_and_digits_and_no_number_of_a_person(code: str, expected: str | None) -> None:
    assert told(check_item_code, code) == ([("code", expected)] if expected else [])


def test_a_national_code_is_public_though_its_digits_look_like_somebodys() -> None:
    """Its credit code vouches for it: the same digits in a local code are refused."""
    number = "X13800001234"
    assert told(check_item_code, NATIONAL[:19] + number) == []
    assert told(check_item_code, NATIONAL[:18] + number) == [("code", "plain_identifier")], "of 30 places it is local"


@pytest.mark.parametrize(
    ("fen", "basis", "refused"),
    [(0, None, False), (0, "县价费 1 号", False), (1, "县价费 1 号", False), (1, None, True), (550, "", True)],
)
def test_a_fee_names_its_basis(fen: int, basis: str | None, refused: bool) -> None:
    assert told(check_fee, fen, basis) == ([("fee_basis", "missing")] if refused else [])


@pytest.mark.parametrize(
    ("promised", "days", "refused"),
    [
        (5, [], False), (5, [5], False), (5, [2, 3], False), (5, [0, 5], False), (5, [2, 4], True), (5, [6], True),
        (0, [], False), (0, [0], True), (0, [1], True),
    ],
)  # fmt: skip
def test_steps_together_take_no_longer_than_the_promise(promised: int, days: list[int], refused: bool) -> None:
    assert told(check_steps, promised, days) == ([("steps", "beyond_promise")] if refused else [])


FAULTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, []),
    ({"materials": MATERIALS, "steps": STEPS, "areas": ("450481", "450481114201")}, []),
    ({"promised_days": 21}, [("promised_days", "beyond_statutory")]),
    ({"steps": (*STEPS, STEPS[0])}, [("steps", "beyond_promise")]),
    ({"duty": DutyKind.SHARED}, [("steps", "duty_decided_below")]),
    ({"duty": DutyKind.SHARED, "steps": STEPS}, []),
    ({"duty": DutyKind.TAKEN_BACK, "steps": STEPS}, [("steps.0.level", "duty_taken_back")]),
    ({"fee_fen": 100}, [("fee_basis", "missing")]),
    ({"areas": ("4504", "450481", "45")}, [("areas.0", "area_code"), ("areas.2", "area_code")]),
    ({"materials": (*MATERIALS, MATERIALS[0], MATERIALS[1])}, [
        ("materials.2.name", "repeated"), ("materials.3.name", "repeated"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), FAULTS)
def test_a_version_is_refused_at_each_of_its_fields(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(replace(PLAIN, **changed).check) == expected


def test_a_form_that_names_a_field_that_it_does_not_have_is_refused() -> None:
    form = {"fields": [{"name": "days", "title": "天数", "type": "integer"}], "groups": []}
    assert told(replace(PLAIN, form=form).check) == []
    broken = {**form, "conditions": [{"field": "days", "when": "nothing", "holds": [True]}]}
    with pytest.raises(Invalid):
        replace(PLAIN, form=broken).check()


WHOLE = NewVersion(
    "临时救助", HandlingMode.BY_AGENT, 30, 12, (6, 9, 12), fee_fen=550, fee_basis="县价费 1 号",
    complaint_phone="12345", window="jh_social_welfare", duty=DutyKind.BASIC, conditions=("本县户籍",),
    basis=("救助办法",), keywords=("救急",),
    areas=("450481114",), materials=MATERIALS, steps=STEPS,
    places=({"name": "大厅", "address": "府前路", "hours": "工作日", "phone": None},),
    result={"kind": "licence", "name": "证明"}, effect={"kind": "residence_registration"}, form=None,
)  # fmt: skip


@pytest.mark.parametrize("version", [PLAIN, WHOLE])
def test_what_is_stored_is_read_back_as_it_was_and_is_json(version: NewVersion) -> None:
    stored = version.stored()
    assert read_content(stored) == version
    assert type(stored["handling_mode"]) is str
    assert not [name for name, value in stored.items() if isinstance(value, tuple)]
    assert read_content(stored).stored() == stored
    assert changes(stored, stored) == []


def test_a_published_version_is_compared_by_every_part_of_its_content() -> None:
    """Each part that is another one is told by its own name, in the order of the content."""

    class Row:
        """A version as the table has it, with columns besides."""

        number = 3

        def __init__(self) -> None:
            self.__dict__.update(PLAIN.stored())

    assert content_of(Row()) == PLAIN.stored()
    found = changes(PLAIN.stored(), WHOLE.stored())
    assert [one.path.split(".")[0] for one in found if one.path.count(".") < 2] == sorted(
        (one.path.split(".")[0] for one in found if one.path.count(".") < 2), key=NAMES.index
    )
    assert {one.path.split(".")[0] for one in found} == set(NAMES) - {"form"}
    assert {one.path for one in changes(WHOLE.stored(), PLAIN.stored())} == {one.path for one in found}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"promised_days": 5}, {"promised_days": 3}, [Change("promised_days", 5, 3)]),
        ({"result": {"kind": "none", "name": None}}, {"result": {"kind": "licence", "name": None}}, [
            Change("result.kind", "none", "licence"),
        ]),
        ({"materials": [*MATERIALS]}, {"materials": [*reversed(MATERIALS)]}, [
            Change("materials.order", ["居民身份证", "居民户口簿"], ["居民户口簿", "居民身份证"]),
        ]),
        ({"materials": [MATERIALS[0]]}, {"materials": []}, [Change("materials.居民身份证", MATERIALS[0], None)]),
        ({"keywords": ["甲", "乙"]}, {"keywords": ["乙", "甲"]}, [Change("keywords", ["甲", "乙"], ["乙", "甲"])]),
        ({"steps": [STEPS[0]]}, {"steps": [{**STEPS[0], "days": 1}, STEPS[1]]}, [
            Change("steps.县级审定", None, STEPS[1]), Change("steps.镇级审核.days", 2, 1),
        ]),
        ({"form": {"fields": [{"name": "a", "title": "甲"}]}}, {"form": {"fields": [{"name": "a", "title": "乙"}]}}, [
            Change("form.fields.a.title", "甲", "乙"),
        ]),
        ({}, {"name": "居住证明"}, [Change("name", None, "居住证明")]),
    ],
)  # fmt: skip
def test_a_difference_is_told_where_it_lies_and_with_both_values(
    old: dict[str, Any], new: dict[str, Any], expected: list[Change]
) -> None:
    assert sorted(changes(old, new), key=lambda one: one.path) == sorted(expected, key=lambda one: one.path)
