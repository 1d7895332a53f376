"""The dictionary of incidents in force, and the deadline it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.grid.dictionaries.domain import CategoryUnknown, Deadline, DeadlineUnit, Limit, Shift, deadline
from services.grid.dictionaries.models import Dictionary
from services.grid.dictionaries.repository import DictionaryRepository
from shared.clock import business_day, today
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_all
from shared.workdays import WorkingCalendar


@dataclass(frozen=True)
class CategoryTerms:
    """A category with what it gives by severity."""

    code: str
    name: str
    limits: Mapping[str, Limit]


@dataclass(frozen=True)
class DictionaryTerms:
    """A version of the dictionary, whole."""

    version: int
    valid_from: date
    shifts: Sequence[Shift]
    categories: Sequence[CategoryTerms]


class Dictionaries:
    def __init__(self, context: UseCaseContext) -> None:
        self.context = context
        self.dictionaries = DictionaryRepository(context.session)

    async def require(self, category: str, severity: str) -> None:
        """Raises CategoryUnknown unless the version in force today has a limit for them."""
        version = (await self.dictionaries.in_force(today(self.context.clock))).version
        if await self.dictionaries.limit(version, category, severity) is None:
            raise CategoryUnknown

    async def deadline(self, category: str, severity: str, filed: datetime) -> tuple[int, Deadline]:
        """The version that is in force on the day of filing, and until when it lets such an incident take."""
        dictionary = await self.dictionaries.in_force(business_day(filed))
        row = await self.dictionaries.limit(dictionary.version, category, severity)
        if row is None:
            raise CategoryUnknown
        calendar = WorkingCalendar(await projected_all(self.context.session, CalendarState))
        limit = Limit(row.amount, DeadlineUnit(row.unit))
        return dictionary.version, deadline(filed, limit, shifts_of(dictionary), calendar)

    async def in_force(self) -> DictionaryTerms:
        """The whole version in force today."""
        dictionary = await self.dictionaries.in_force(today(self.context.clock))
        limits: dict[str, dict[str, Limit]] = {}
        for row in await self.dictionaries.limits(dictionary.version):
            limits.setdefault(row.category, {})[row.severity] = Limit(row.amount, DeadlineUnit(row.unit))
        return DictionaryTerms(
            version=dictionary.version,
            valid_from=dictionary.valid_from,
            shifts=shifts_of(dictionary),
            categories=[
                CategoryTerms(category.code, category.name, limits.get(category.code, {}))
                for category in await self.dictionaries.categories(dictionary.version)
            ],
        )


def shifts_of(dictionary: Dictionary) -> tuple[Shift, ...]:
    return tuple(Shift(time.fromisoformat(start), time.fromisoformat(end)) for start, end in dictionary.shifts)
