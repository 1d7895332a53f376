"""The dictionary of incidents (事件字典): its versions, and the deadlines they give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.grid.dictionaries.domain import (
    CategoryUnknown,
    Difference,
    Limit,
    Terms,
    Treatment,
    deadline,
    differences,
)
from services.grid.dictionaries.models import Dictionary, DictionaryWithdrawal
from services.grid.dictionaries.repository import DictionaryRepository, hours_of
from shared.clock import business_day, today
from shared.contracts.registry.calendar import CalendarState
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import change, hold, projected_all
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, Hours


@dataclass(frozen=True)
class VersionRecord:
    """A version that was published. Who published it stands in no answer of ours."""

    version: int
    valid_from: date
    draft_id: UUID | None
    published_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class PublishedTerms:
    """A version of the dictionary, whole."""

    version: int
    valid_from: date
    terms: Terms


@dataclass(frozen=True)
class PinnedDeadline:
    """Until when an incident may take, and by which version of the dictionary."""

    dictionary_version: int
    at: datetime
    provisional: bool


@dataclass(frozen=True)
class WorkTime:
    """Hours of work in force on a day, and the calendar in which they lie."""

    hours: Hours
    calendar: WorkingCalendar


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

    async def work_time(self) -> WorkTime:
        """Hours of work and calendar of today."""
        dictionary = await self._dictionaries.in_force(today(self._clock))
        return WorkTime(hours_of(dictionary), await self._years())

    async def require(self, category: str, severity: str) -> None:
        """Raises `CategoryUnknown` unless the version in force today has a limit for them."""
        version = (await self._dictionaries.in_force(today(self._clock))).version
        if await self._dictionaries.limit(version, category, severity, Treatment.ROUTINE) is None:
            raise CategoryUnknown.at("category", "severity")

    async def deadline(
        self,
        category: str,
        severity: str,
        filed: datetime,
        *,
        treatment: str = Treatment.ROUTINE,
        reported: datetime | None = None,
    ) -> PinnedDeadline:
        """Until when the version that is in force on the day of filing lets such an incident take.

        `reported`: if that version no longer has the category, the last one that had it when it was reported holds:
        what was taken in can be filed. Raises `CategoryUnknown`.
        """
        dictionary = await self._dictionaries.in_force(business_day(filed))
        limit = await self._dictionaries.limit(dictionary.version, category, severity)
        if limit is None and reported is not None:
            earlier = await self._dictionaries.last_with(business_day(reported), category, severity)
            dictionary = earlier or dictionary
        return await self._by(dictionary, category, severity, treatment, filed)

    async def deadline_by(
        self,
        version: int,
        category: str,
        severity: str,
        filed: datetime,
        *,
        treatment: str = Treatment.ROUTINE,
        pauses: Sequence[Pause] = (),
    ) -> PinnedDeadline:
        """The same by a version that was pinned; `pauses`, which have all ended, are left out. Raises as `deadline`."""
        dictionary = await self._dictionaries.version(version)
        return await self._by(dictionary, category, severity, treatment, filed, pauses)

    async def in_force(self) -> PublishedTerms:
        """The whole version in force today."""
        return await self._whole(await self._dictionaries.in_force(today(self._clock)))

    async def read(self, version: int) -> PublishedTerms:
        """A version, however old, or not begun yet. Raises `NotFound`."""
        dictionary = await self._dictionaries.get(version)
        if dictionary is None:
            raise NotFound(version)
        return await self._whole(dictionary)

    async def compare(self, version: int, other: int | None) -> Sequence[Difference]:
        """What a version changes against another one, by default the one that stands before it. Raises `NotFound`."""
        new = await self.read(version)
        earlier = await self._dictionaries.before(version) if other is None else await self._dictionaries.get(other)
        if earlier is None and other is not None:
            raise NotFound(other)
        if earlier is None:  # the first one changes nothing
            return []
        return differences(await self._dictionaries.terms(earlier), new.terms)

    async def page(self, *, after: int | None, limit: int) -> Sequence[VersionRecord]:
        """Versions, the newest first."""
        return [_record(*row) for row in await self._dictionaries.page(after=after, limit=limit)]

    async def _by(
        self,
        dictionary: Dictionary,
        category: str,
        severity: str,
        treatment: str,
        filed: datetime,
        pauses: Sequence[Pause] = (),
    ) -> PinnedDeadline:
        row = await self._dictionaries.limit(dictionary.version, category, severity, treatment)
        if row is None:
            paths = ("category", "severity") if treatment == Treatment.ROUTINE else ("treatment",)
            raise CategoryUnknown.at(*paths)
        limit = Limit(row.amount, ClockUnit(row.unit))
        due = deadline(filed, limit, hours_of(dictionary), await self._years(), pauses)
        return PinnedDeadline(dictionary_version=dictionary.version, at=due.at, provisional=due.provisional)

    async def _years(self) -> WorkingCalendar:
        if self._calendar is None:
            self._calendar = WorkingCalendar(await projected_all(self._session, CalendarState))
        return self._calendar

    async def _whole(self, dictionary: Dictionary) -> PublishedTerms:
        terms = await self._dictionaries.terms(dictionary)
        return PublishedTerms(version=dictionary.version, valid_from=dictionary.valid_from, terms=terms)


def _record(dictionary: Dictionary, withdrawal: DictionaryWithdrawal | None) -> VersionRecord:
    return VersionRecord(
        version=dictionary.version,
        valid_from=dictionary.valid_from,
        draft_id=dictionary.draft_id,
        published_at=dictionary.published_at,
        withdrawn_at=None if withdrawal is None else withdrawal.withdrawn_at,
    )
