"""Forms of applications: what is taken, what a condition asks for and refuses, and what its JSON Schema says of it."""

from datetime import date
from itertools import product
from typing import Any

import jsonschema
import pytest

from shared.errors import Invalid
from shared.ledgers.application_forms import EXAMPLE, TYPES, ItemForm, compile_form, compiled
from shared.ledgers.grammar.words import FieldType

TODAY = date(2026, 3, 16)
FORM: dict[str, Any] = {
    "fields": [
        {"name": "applicant", "title": "申请人", "type": "name", "privacy": "personal", "required": True},
        {"name": "local", "title": "本县户籍", "type": "boolean", "required": True},
        {"name": "since", "title": "居住起", "type": "date", "bounds": {"not_after_today": True}},
        {"name": "income", "title": "收入", "type": "money", "bounds": {"min": 0}},
    ],
    "conditions": [{"field": "since", "when": "local", "holds": [False], "required": True}],
    "rules": [{"id": "low", "that": "record.income == null || record.income < 100", "message": "收入过高",
               "field": "income"}],
}  # fmt: skip


def refused(values: dict[str, Any]) -> list[str]:
    try:
        compile_form(ItemForm.model_validate(FORM)).accept(values, today=TODAY)
    except Invalid as error:
        return [one.path for one in error.errors]
    return []


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ({"applicant": "张三", "local": True}, []),
        ({"applicant": "张三", "local": False, "since": "2026-01-01"}, []),
        ({"applicant": "张三", "local": False}, ["values.since"]),
        ({"applicant": "张三", "local": True, "since": "2026-01-01"}, ["values.since"]),
        ({"applicant": "张三", "local": False, "since": "2026-04-01"}, ["values.since"]),
        ({"applicant": "张三", "local": True, "income": 100}, ["values.income"]),
        ({"applicant": "张三", "local": True, "income": -1}, ["values.income"]),
        ({"applicant": "张\x00三", "local": "是"}, ["values.applicant", "values.local"]),
        ({"applicant": "张三", "local": True, "other": 1}, ["values"]),
    ],
)
def test_values_are_taken_whole_or_refused_at_their_fields(values: dict[str, Any], paths: list[str]) -> None:
    assert refused(values) == paths


def test_server_and_json_schema_agree_on_every_combination_of_a_condition() -> None:
    schema = compile_form(ItemForm.model_validate(FORM)).schema()
    for local, since in product((True, False), (None, "2026-01-01", ...)):
        values = {"applicant": "张三", "local": local} | ({} if since is ... else {"since": since})
        valid = jsonschema.Draft202012Validator(schema).is_valid(values)
        assert valid is not bool(refused(values)), values


def test_personal_fields_are_known_and_the_same_form_is_compiled_once() -> None:
    form = ItemForm.model_validate(FORM).model_dump(mode="json")
    assert compiled(form).personal == {"applicant"}
    assert compiled(form) is compiled(dict(reversed(form.items())))
    compile_form(ItemForm.model_validate(EXAMPLE))


@pytest.mark.parametrize("type_", sorted(set(FieldType) - TYPES))
def test_what_an_applicant_cannot_fill_in_is_no_field_of_a_form(type_: FieldType) -> None:
    field = {"name": "a", "title": "甲", "type": type_.value, "privacy": "personal"}
    with pytest.raises(Invalid) as told:
        compile_form(ItemForm.model_validate({"fields": [field]}))
    assert [(one.path, one.code) for one in told.value.errors] == [("form.fields.0.type", "form_type")]
