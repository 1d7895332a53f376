"""Bodies of the dictionary of incidents."""

from datetime import date, time
from typing import Annotated, Self

from pydantic import WithJsonSchema

from services.grid.dictionaries.domain import DeadlineUnit
from services.grid.dictionaries.service import DictionaryTerms
from shared.http.schemas import View

LocalTime = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$", "examples": ["08:00:00"]})
]
"""Without an offset, so not JSON Schema's format `time`."""


class ShiftView(View):
    """A stretch of the working day, Shanghai time."""

    start: LocalTime
    end: LocalTime


class LimitView(View):
    """How long an incident of this severity may take from its filing on."""

    severity: str
    amount: int
    unit: DeadlineUnit


class CategoryView(View):
    """A category with its limits."""

    code: str
    name: str
    limits: list[LimitView]


class DictionaryView(View):
    """A version of the dictionary; published versions never change."""

    version: int
    valid_from: date
    shifts: list[ShiftView]
    categories: list[CategoryView]

    @classmethod
    def of(cls, terms: DictionaryTerms) -> Self:
        return cls(
            version=terms.version,
            valid_from=terms.valid_from,
            shifts=[ShiftView(start=shift.start, end=shift.end) for shift in terms.shifts],
            categories=[
                CategoryView(
                    code=category.code,
                    name=category.name,
                    limits=[
                        LimitView(severity=severity, amount=limit.amount, unit=limit.unit)
                        for severity, limit in category.limits.items()
                    ],
                )
                for category in terms.categories
            ],
        )
