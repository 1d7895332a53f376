"""The dictionary of incidents (事件字典): the version in force, and the deadlines it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.grid.dictionaries.domain import CategoryUnknown, Limit, deadline
from services.grid.dictionaries.models import Dictionary
from services.grid.dictionaries.repository import DictionaryRepository
from shared.clock import business_day, today
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import change, hold, projected_all
from shared.workdays import WorkingCalendar
from shared.worktime import ClockUnit, Shift


@dataclass(frozen=True)
class LimitTerms:
    """How long an incident of a severity may take."""

    severity: str
    amount: int
    unit: ClockUnit


@dataclass(frozen=True)
class CategoryTerms:
    """A category with its limits."""

    code: str
    name: str
    limits: Sequence[LimitTerms]


@dataclass(frozen=True)
class DictionaryTerms:
    """A version of the dictionary, whole."""

    version: int
    valid_from: date
    shifts: Sequence[Shift]
    categories: Sequence[CategoryTerms]


@dataclass(frozen=True)
class PinnedDeadline:
    """Until when an incident may take, and by which version of the dictionary."""

    dictionary_version: int
    at: datetime
    provisional: bool


class Dictionaries:
    """Use cases of the dictionary of incidents. The calendar is read once per use case, when it is asked for."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._dictionaries = DictionaryRepository(context.session)
        self._calendar: WorkingCalendar | None = None

    async def hold_calendar(self) -> None:
        """Keep the calendar as it is until the transaction ends; before any incident is locked."""
        await hold(self._session, CalendarState)

    async def change_calendar(self) -> None:
        """Wait for who holds the calendar: years of it were set."""
        await change(self._session, CalendarState)

    async def require(self, category: str, severity: str) -> None:
        """Raises `CategoryUnknown` unless the version in force today has a limit for them."""
        version = (await self._dictionaries.in_force(today(self._clock))).version
        if await self._dictionaries.limit(version, category, severity) is None:
            raise CategoryUnknown.at("category", "severity")

    async def deadline(self, category: str, severity: str, filed: datetime) -> PinnedDeadline:
        """Until when the version that is in force on the day of filing lets such an incident take.

        Raises `CategoryUnknown`.
        """
        return await self._by(await self._dictionaries.in_force(business_day(filed)), category, severity, filed)

    async def deadline_by(self, version: int, category: str, severity: str, filed: datetime) -> PinnedDeadline:
        """The same by a version that was pinned. Raises `CategoryUnknown`."""
        return await self._by(await self._dictionaries.version(version), category, severity, filed)

    async def _by(self, dictionary: Dictionary, category: str, severity: str, filed: datetime) -> PinnedDeadline:
        row = await self._dictionaries.limit(dictionary.version, category, severity)
        if row is None:
            raise CategoryUnknown.at("category", "severity")
        if self._calendar is None:
            self._calendar = WorkingCalendar(await projected_all(self._session, CalendarState))
        limit = Limit(row.amount, ClockUnit(row.unit))
        due = deadline(filed, limit, shifts_of(dictionary), self._calendar)
        return PinnedDeadline(dictionary_version=dictionary.version, at=due.at, provisional=due.provisional)

    async def in_force(self) -> DictionaryTerms:
        """The whole version in force today."""
        dictionary = await self._dictionaries.in_force(today(self._clock))
        limits: dict[str, list[LimitTerms]] = {}
        for row in await self._dictionaries.limits(dictionary.version):
            terms = LimitTerms(severity=row.severity, amount=row.amount, unit=ClockUnit(row.unit))
            limits.setdefault(row.category, []).append(terms)
        return DictionaryTerms(
            version=dictionary.version,
            valid_from=dictionary.valid_from,
            shifts=shifts_of(dictionary),
            categories=[
                CategoryTerms(code=category.code, name=category.name, limits=limits.get(category.code, []))
                for category in await self._dictionaries.categories(dictionary.version)
            ],
        )


def shifts_of(dictionary: Dictionary) -> tuple[Shift, ...]:
    """The hours of work of a version."""
    return tuple(Shift(time.fromisoformat(start), time.fromisoformat(end)) for start, end in dictionary.shifts)
