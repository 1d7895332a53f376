"""Declarative bases: names of constraints, types of columns, and the base class of the kit's own tables."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, LargeBinary, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""Unique constraints are translated into domain errors by these names: they are part of the interface."""


class AreaText(Text):
    """An area code: text that sorts bytewise, so that "inside area A" is one range of the index."""

    def __init__(self) -> None:
        super().__init__(collation="C")


TYPES: Mapping[Any, Any] = {
    str: Text(),
    datetime: DateTime(timezone=True),
    date: Date(),
    bytes: LargeBinary(),
    Decimal: Numeric(),
    UUID: Uuid(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}
"""`type_annotation_map` of every declarative base: there is no naive timestamp and no varchar(n)."""


def metadata() -> MetaData:
    """The MetaData that every declarative base is made with."""
    return MetaData(naming_convention=NAMING)


class KitBase(DeclarativeBase):
    """Base of the kit's own tables, which every service database has."""

    metadata = metadata()
    type_annotation_map = TYPES


def append_only() -> dict[str, Any]:
    """`__table_args__` value that makes a table append-only: the service's role may SELECT and INSERT, no more."""
    return {"info": {"append_only": True}}
