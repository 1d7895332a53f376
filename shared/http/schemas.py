"""Bases of everything that comes in and goes out as JSON."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from shared.clock import SHANGHAI
from shared.http.strict import make_strict

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


def _each_once(items: list[T]) -> list[T]:
    if len(set(items)) != len(items):
        raise PydanticCustomError("repeated", "不得重复")
    return items


EachOnce = AfterValidator(_each_once)
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
