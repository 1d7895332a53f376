"""Bases of everything that comes in and goes out as JSON."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, LiteralString, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.clock import SHANGHAI
from shared.contracts.envelope import Code, Month
from shared.http.strict import make_strict
from shared.reference.codes import CodeList
from shared.reference.days import FIRST_YEAR, LAST_YEAR, is_possible
from shared.reference.plain_identifiers import holds_identifier

T = TypeVar("T")


class Body(BaseModel):
    """What a caller sends: unknown fields are refused, text is trimmed, nothing is made out of another JSON type."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        coerce_numbers_to_str=False,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        make_strict(handler.resolve_ref_schema(schema), cls)
        return schema


def each_once(items: list[T]) -> list[T]:
    if len(set(items)) != len(items):
        raise PydanticCustomError("repeated", "不得重复")
    return items


EachOnce = AfterValidator(each_once)
"""`Annotated[list[…], EachOnce]`: a list that names nothing twice."""


class View(BaseModel):
    """What we answer: every field is always there."""

    model_config = ConfigDict(frozen=True, from_attributes=True, hide_input_in_errors=True)


def in_shanghai(instant: datetime) -> str:
    """RFC 3339 with +08:00."""
    return instant.astimezone(SHANGHAI).isoformat()


Instant = Annotated[
    AwareDatetime,
    PlainSerializer(in_shanghai, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time in a `View` or `Body`: aware coming in, with +08:00 going out."""


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> Any:
    """A day as text of ten characters: neither seconds since 1970, nor a time, nor the digits of other scripts."""
    if isinstance(value, date) or not isinstance(value, str):
        return value if type(value) is date else _wrong("date_type")
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else _wrong("date_from_datetime_parsing")
    except ValueError:
        return _wrong("date_from_datetime_parsing")


def _wrong(code: LiteralString) -> NoReturn:
    raise PydanticCustomError(code, "应为日期（YYYY-MM-DD）")


def _possible(day: date) -> date:
    if not is_possible(day):
        raise PydanticCustomError("date_range", f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    return day


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_possible)]
"""A day that comes in, in a body or a query."""


def _possible_month(month: str) -> str:
    if not is_possible(date(max(int(month[:4]), 1), int(month[5:]), 1)):
        raise PydanticCustomError("month_range", f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    return month


MonthOf = Annotated[Month, AfterValidator(_possible_month)]
"""A month that comes in, in a body or a query."""


def without_number(code: str) -> str:
    """The code, if no number of a person stands in it."""
    if holds_identifier(code, on=date.max):
        raise PydanticCustomError("plain_identifier", "代码中不得含有证件号码、电话等个人号码")
    return code


CodeWord = Annotated[Code, AfterValidator(without_number)]
"""A code that comes in, in a body or a query: never a number of a person."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Codes of a list that come in: `Annotated[str, OneOf(RELATIONS)]`. The documents show the whole list.

    Of bodies alone: an answer tells what is stored, and a code that a list had once would make a failure of it.
    """

    codes: CodeList

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.codes)}

    def _check(self, code: str) -> str:
        if code not in self.codes:
            raise PydanticCustomError("code", "代码不在 {standard} 代码表中", {"standard": self.codes.standard})
        return code


@dataclass(frozen=True, slots=True)
class ToldOf:
    """A code that is told: `Annotated[str, ToldOf(RELATIONS)]`. The documents show the list of today; what is stored is
    told, whichever list it is of.
    """

    codes: CodeList

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.codes)}


class Page(View, Generic[T]):
    """One page of a list. `next_cursor` is null on the last one."""

    items: list[T] = Field(description="条目 rows")
    next_cursor: str | None = Field(
        description="翻页标记 passed as `cursor` for the next page; null on the last one", examples=["AbCdEf0123"]
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`Page[CaseView]` is called `CaseViewPage` in documents and in the clients made of them."""
        return f"{params[0].__name__}Page"
