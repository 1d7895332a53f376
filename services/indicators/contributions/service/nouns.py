"""Nouns that an indicator may count, and what may be read of each: codes, numbers, days and lists of codes."""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from services.indicators.contributions.domain.incidents import PUBLIC
from shared.clock import business_day
from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import STATES, Span, State
from shared.ledgers.expressions.functions import millionths
from shared.ledgers.grammar.words import FieldType

DECIMALS = frozenset({("registry.facility", "floor_area"), ("registry.dwelling", "floor_area")})
"""Fields that hold a decimal as a text."""

WITHDRAWN = frozenset({"withdrawn", "annulled"})
"""Statuses of an entry that was made by mistake: it never was. Of a case and a request they say something else."""

NEVER_WAS: Mapping[str, frozenset[str]] = {
    **{
        f"registry.{noun}": WITHDRAWN
        for noun in ("organisation", "facility", "building", "dwelling", "area_set", "marriage")
    },
    **dict.fromkeys(("services_hall.agent", "services_hall.original"), WITHDRAWN),
    "registry.consent_count": frozenset({"annulled"}),  # one that was withdrawn held until then
}
"""By noun, the statuses in which it does not count."""

OF_THINGS = frozenset(
    {
        *(f"registry.{noun}" for noun in ("organisation", "facility", "area", "area_set", "building", "dwelling")),
        *("grid.grid", "grid.incident"),
    }
)
"""Nouns of places and things. Of any other a condition could pick out single people, though its states name nobody."""

COUNTED = (
    *(f"registry.{noun}" for noun in ("person", "posting", "household", "tag", "restricted_tag", "organisation")),
    *(f"registry.{noun}" for noun in ("facility", "area", "area_set", "building", "dwelling", "marriage")),
    *(f"registry.{noun}" for noun in ("transfer", "correction", "consent_count")),
    *("grid.grid", "grid.incident", "grid.visit", "grid.restricted_visit", "services_hall.case"),
    *(f"services_hall.{noun}" for noun in ("matter", "agent", "agency", "original", "rating", "rectification")),
)
"""What may be counted. Records of ledgers count by the measures of their ledger."""

LIVES = {"registry.organisation": "began_on", "registry.facility": "opened_on"}
"""Day fields that begin the present time of what may have had earlier ones."""

OWN_PLACE = {"registry.area": "code", "grid.grid": "code"}
"""Nouns that are places themselves: they count where they are."""


@dataclass(frozen=True)
class Readable:
    """A field of a noun. `empty`: it may hold nothing. `codes`: all that it may hold, if that is a closed list."""

    name: str
    type: FieldType
    empty: bool
    codes: frozenset[str] = frozenset()

    def running(self, value: Any) -> Any:
        """A value as an expression runs over it."""
        return _RUNNING[self.type](value) if value is not None else None


@dataclass(frozen=True)
class Noun:
    """A noun with its readable fields. `spans`: fields that say where people were on each day."""

    name: str
    fields: Mapping[str, Readable]
    spans: tuple[str, ...]
    ages: bool
    restricted: bool

    @property
    def about_people(self) -> bool:
        return self.name not in OF_THINGS

    def counts(self, state: State) -> bool:
        """Whether the state counts at all: not what was entered by mistake, nor what the public says and nobody saw."""
        if self.name in NEVER_WAS:
            return getattr(state, "status", None) not in NEVER_WAS[self.name]
        if self.name == "grid.incident":
            return getattr(state, "source", "") not in PUBLIC or getattr(state, "filed_at", None) is not None
        return True


def _text(value: Any) -> str:
    return value.value if isinstance(value, StrEnum) else value


def _day(value: date | datetime) -> int:
    return day_of(value).toordinal()


def day_of(value: date | datetime) -> date:
    """The business day of an instant; a day itself."""
    return business_day(value) if isinstance(value, datetime) else value


_RUNNING: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.CHOICE: _text,
    FieldType.INTEGER: lambda value: value,
    FieldType.BOOLEAN: lambda value: value,
    FieldType.DATE: _day,
    FieldType.CHOICES: lambda value: [_text(one) for one in value],
    FieldType.DECIMAL: millionths,
}


def _readable(noun: str, name: str, info: FieldInfo) -> Readable | None:
    kinds, empty = [info.annotation], False
    if get_origin(info.annotation) in (Union, types.UnionType):
        kinds = [one for one in get_args(info.annotation) if one is not type(None)]
        empty = len(kinds) < len(get_args(info.annotation))
    if len(kinds) != 1:
        return None
    kind, closed = kinds[0], frozenset[str]()
    if get_origin(kind) is tuple and get_args(kind)[1:] == (Ellipsis,):
        inner = get_args(kind)[0]
        if isinstance(inner, type) and issubclass(inner, StrEnum):
            return Readable(name, FieldType.CHOICES, empty, frozenset(one.value for one in inner))
        return None
    if (noun, name) in DECIMALS:
        return Readable(name, FieldType.DECIMAL, empty)
    coded = any(isinstance(one, StringConstraints) for one in info.metadata) or hasattr(kind, "__metadata__")
    if hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    if not isinstance(kind, type):
        return None
    if issubclass(kind, StrEnum):
        return Readable(name, FieldType.CHOICE, empty, frozenset(one.value for one in kind))
    if issubclass(kind, str):
        return Readable(name, FieldType.CHOICE, empty, closed) if coded else None
    for plain, type_ in ((bool, FieldType.BOOLEAN), (int, FieldType.INTEGER), (date, FieldType.DATE)):
        if issubclass(kind, plain):
            return Readable(name, type_, empty)
    return None


def _noun(name: str) -> Noun:
    model = STATES[name]
    found = [
        _readable(name, field, info) for field, info in model.model_fields.items() if field not in ("id", "version")
    ]
    spans = tuple(field for field, info in model.model_fields.items() if info.annotation == tuple[Span, ...])
    return Noun(
        name=name,
        fields={one.name: one for one in found if one is not None},
        spans=spans,
        ages="birth_month" in model.model_fields and bool(spans),
        restricted=TOPICS[name].known_by is not None,
    )


NOUNS: Mapping[str, Noun] = {name: _noun(name) for name in COUNTED}
"""By noun."""
