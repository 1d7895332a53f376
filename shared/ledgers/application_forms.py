"""Form of an item (申请表单): fields in order, groups, conditional fields, rules; compiled by the engine of ledgers.

A form is data. The same engine takes its values, judges its rules (CEL) and knows which fields are personal; its JSON
Schema (2020-12) says to any client what may be sent, conditions included, with Chinese titles in the order of the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

import orjson
from pydantic import ConfigDict, Field, StrictBool

from shared.errors import FieldError, Invalid
from shared.http.schemas import Body
from shared.ledgers.compiler import Ledger
from shared.ledgers.compiler.compiling import compile_ledger
from shared.ledgers.compiler.taking import Values
from shared.ledgers.documents.values import sent as sent_schema
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition, Rule
from shared.ledgers.grammar.layout import Group, Layout
from shared.ledgers.grammar.lifecycle import StatusDefinition
from shared.ledgers.grammar.words import AreaLevel, ChoiceCode, FieldType, Name, Owner
from shared.reference.digits import is_digits

FILLED = "filled"
"""The one status of what an applicant has filled in."""

TYPES = frozenset(
    {
        *(FieldType.TEXT, FieldType.LONG_TEXT, FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY),
        *(FieldType.PERCENT, FieldType.BOOLEAN, FieldType.DATE, FieldType.TIME, FieldType.CHOICE, FieldType.CHOICES),
        *(FieldType.CODE, FieldType.AREA, FieldType.PHONE, FieldType.IDENTITY_NUMBER, FieldType.NAME),
        FieldType.ADDRESS,
    }
)
"""What can be filled in at a counter: no ids of the register, which an applicant does not know, and no files."""


EXAMPLE: dict[str, Any] = {
    "fields": [
        {"name": "housing", "title": "住房", "type": "choice", "required": True,
         "choices": [{"code": "own", "title": "自有"}, {"code": "rented", "title": "租住"}]},
        {"name": "rent", "title": "月租金", "type": "money"},
    ],
    "conditions": [{"field": "rent", "when": "housing", "holds": ["rented"], "required": True}],
    "groups": [{"title": "居住情况", "fields": ["housing", "rent"]}],
}  # fmt: skip


class Condition(Body):
    """A field that is asked only if another has one of some values (条件字段)."""

    field: Name = Field(description="字段 that is asked under the condition", examples=["spouse_name"])
    when: Name = Field(description="依据字段 a choice or a yes-or-no field", examples=["marital"])
    holds: list[StrictBool | ChoiceCode] = Field(
        min_length=1, max_length=60, description="取值 for one of these values it is asked", examples=[["married"]]
    )
    required: bool = Field(default=False, description="必填 if it is asked", examples=[True])


class ItemForm(Body):
    """What an applicant fills in. The order of fields and groups is the order on paper."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    fields: list[FieldDefinition] = Field(min_length=1, max_length=60, description="字段 in order")
    rows: list[RowsDefinition] = Field(default_factory=list, max_length=3, description="子表 small tables")
    conditions: list[Condition] = Field(default_factory=list, max_length=60, description="条件字段")
    rules: Annotated[list[Rule], Field(max_length=30)] = Field(default_factory=list, description="规则 in CEL")
    groups: list[Group] = Field(default_factory=list, max_length=20, description="分组 pages of the form")


@dataclass(frozen=True)
class CompiledForm:
    """A form, checked and ready to take values."""

    form: ItemForm
    ledger: Ledger

    def accept(self, values: Mapping[str, Any], *, today: date) -> Values:
        """Values in their stored form. Raises `Invalid` with every fault below `values.`, repeating none of them."""
        taken = self.ledger.accept(values, today=today)
        wrong = self.ledger.problems(taken, FILLED, today=today)
        if wrong:
            raise Invalid(errors=wrong)
        return taken

    @property
    def personal(self) -> frozenset[str]:
        """Fields and small tables that only who handles the case sees in full."""
        return self.ledger.sealed_fields

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the values, for a client that knows nothing of us."""
        schema = sent_schema(self.ledger)
        titles = {one.name: one.title for one in self.form.fields} | {one.name: one.title for one in self.form.rows}
        defaults = {one.name: one.default for one in self.form.fields}
        properties = {name: {"title": titles[name], **schema["properties"][name]} for name in titles}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **schema,
            "properties": properties,
            "allOf": [_conditional(one, defaults[one.when]) for one in self.form.conditions],
            "x-order": list(titles),
            "x-groups": [one.model_dump(mode="json") for one in self.form.groups],
        }


def compiled(form: Mapping[str, Any]) -> CompiledForm:
    """The form of a stored version. Raises `Invalid` with every fault at its place below `form.`."""
    return _compiled(orjson.dumps(form, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=256)
def _compiled(form: bytes) -> CompiledForm:
    return compile_form(ItemForm.model_validate_json(form))


def compile_form(form: ItemForm) -> CompiledForm:
    """Compile a form as the ledger of one status. Raises `Invalid`: paths are those of the form, below `form.`."""
    errors = [*_types(form), *_conditions(form)]
    if errors:
        raise Invalid(errors=errors)
    asked = [Rule(id=f"asked_{n}", that=_only(one), message="此项不需要填写", field=one.field)
             for n, one in enumerate(form.conditions)]  # fmt: skip
    needed = [Rule(id=f"needed_{n}", that=_filled(one), message="必填", field=one.field)
              for n, one in enumerate(form.conditions) if one.required]  # fmt: skip
    definition = Definition(
        code="item_form",
        title="申请表单",
        owner=Owner.SERVICES_HALL,
        source="事项的申请表单",
        levels=[AreaLevel.VILLAGE],
        fields=form.fields,
        rows=form.rows,
        rules=[*form.rules, *asked, *needed],
        statuses=[StatusDefinition(code=FILLED, title="已填写", initial=True, final=True)],
        layout=Layout(groups=form.groups),
    )
    try:
        return CompiledForm(form, compile_ledger(definition))
    except Invalid as error:
        raise Invalid(errors=[_placed(one, len(form.rules)) for one in error.errors]) from None


def _types(form: ItemForm) -> list[FieldError]:
    placed = [(f"form.fields.{n}.type", one) for n, one in enumerate(form.fields)]
    placed += [
        (f"form.rows.{n}.fields.{m}.type", column)
        for n, rows in enumerate(form.rows)
        for m, column in enumerate(rows.fields)
    ]
    wrong = [(path, one) for path, one in placed if one.type not in TYPES or one.follows_subject or one.required_in]
    return [FieldError(path, "form_type", "申请表单不能使用这种字段") for path, _ in wrong]


def _conditions(form: ItemForm) -> list[FieldError]:
    """Faults of conditions: fields that there are, values that they may have, each field asked under one condition."""
    fields = {one.name: one for one in form.fields}
    order = list(fields)
    found, seen = [], set()
    for n, one in enumerate(form.conditions):
        asked, by = fields.get(one.field), fields.get(one.when)
        if asked is None or asked.required or asked.default is not None or one.field in seen:
            found.append(FieldError(f"form.conditions.{n}.field", "condition_field", "应为未设必填和默认值的字段"))
        if by is None or (asked is not None and order.index(one.when) >= order.index(one.field)):
            found.append(FieldError(f"form.conditions.{n}.when", "condition_when", "应为排在前面的字段"))
        elif not _may_hold(by, one.holds):
            found.append(FieldError(f"form.conditions.{n}.holds", "condition_holds", "应为依据字段的选项，或是、否"))
        seen.add(one.field)
    return found


def _may_hold(field: FieldDefinition, holds: Sequence[bool | str]) -> bool:
    if field.type is FieldType.BOOLEAN:
        return all(isinstance(one, bool) for one in holds)
    codes = {choice.code for choice in field.choices}
    return field.type is FieldType.CHOICE and all(one in codes for one in holds)


def _holds(one: Condition) -> str:
    """The condition in CEL: an empty field holds nothing."""
    values = [("true" if value else "false") if isinstance(value, bool) else f'"{value}"' for value in one.holds]
    tests = " || ".join(f"record.{one.when} == {value}" for value in values)
    return f"(record.{one.when} != null && ({tests}))"


def _only(one: Condition) -> str:
    return f"record.{one.field} == null || {_holds(one)}"


def _filled(one: Condition) -> str:
    return f"record.{one.field} != null || !{_holds(one)}"


def _conditional(one: Condition, default: Any) -> dict[str, Any]:
    """The same in JSON Schema. `default`: what the other field holds if it is not sent."""
    sent = [] if default is not None and default in one.holds else [one.when]
    then: dict[str, Any] = {}
    if one.required:
        then = {"required": [one.field], "properties": {one.field: {"not": {"type": "null"}}}}
    return {
        "if": {"required": sent, "properties": {one.when: {"enum": list(one.holds)}}},
        "then": then,
        "else": {"properties": {one.field: {"type": "null"}}},
    }


def _placed(error: FieldError, rules: int) -> FieldError:
    """The place of a fault in the form: what was made of conditions stands at them as a whole."""
    head, _, tail = error.path.partition(".")
    number = tail.partition(".")[0]
    path = "conditions" if head == "rules" and is_digits(number) and int(number) >= rules else error.path
    path = path.removeprefix("layout.")
    return FieldError(f"form.{path}", error.code, error.message)
