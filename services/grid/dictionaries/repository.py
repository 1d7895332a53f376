"""Every query about the dictionary of incidents."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.dictionaries.domain import (
    CategoryTerms,
    LimitTerms,
    Terms,
    Treatment,
    WorkHours,
    shifts_in,
    special_in,
)
from services.grid.dictionaries.models import Category, CategoryLimit, Dictionary, DictionaryWithdrawal
from shared.contracts.severity import Severity
from shared.worktime import ClockUnit


class DictionaryRepository:
    """Versions of the dictionary with their categories and limits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Dictionary | DictionaryWithdrawal | Category | CategoryLimit) -> None:
        self._session.add(row)

    async def flush(self) -> None:
        """Write what was added: rows of a version before those that refer to it."""
        await self._session.flush()

    async def in_force(self, day: date) -> Dictionary:
        """The newest version that has begun. There always is one: the first migration brings it."""
        begun = select(Dictionary).where(Dictionary.valid_from <= day, _stands())
        return (await self._session.scalars(begun.order_by(Dictionary.version.desc()).limit(1))).one()

    async def last_with(self, day: date, category: str, severity: str) -> Dictionary | None:
        """The newest version that had begun on a day and has a routine limit for a category and severity."""
        known = exists().where(
            CategoryLimit.version == Dictionary.version,
            CategoryLimit.category == category,
            CategoryLimit.severity == severity,
            CategoryLimit.treatment == Treatment.ROUTINE,
        )
        begun = select(Dictionary).where(Dictionary.valid_from <= day, _stands(), known)
        return (await self._session.scalars(begun.order_by(Dictionary.version.desc()).limit(1))).one_or_none()

    async def newest(self) -> Dictionary:
        """The newest version that stands, begun or not."""
        statement = select(Dictionary).where(_stands()).order_by(Dictionary.version.desc()).limit(1)
        return (await self._session.scalars(statement)).one()

    async def before(self, version: int) -> Dictionary | None:
        """The version that stands before this one."""
        statement = select(Dictionary).where(Dictionary.version < version, _stands())
        return (await self._session.scalars(statement.order_by(Dictionary.version.desc()).limit(1))).one_or_none()

    async def last_number(self) -> int:
        """The highest number that was given, also to what was withdrawn."""
        return (await self._session.scalar(select(func.max(Dictionary.version)))) or 0

    async def version(self, version: int) -> Dictionary:
        """A version, once published there for ever."""
        return await self._session.get_one(Dictionary, version)

    async def get(self, version: int) -> Dictionary | None:
        return await self._session.get(Dictionary, version)

    async def is_withdrawn(self, version: int) -> bool:
        return await self._session.get(DictionaryWithdrawal, version) is not None

    async def page(self, *, after: int | None, limit: int) -> Sequence[tuple[Dictionary, DictionaryWithdrawal | None]]:
        """Versions with their withdrawals, the newest first."""
        statement = (
            select(Dictionary, DictionaryWithdrawal)
            .outerjoin(DictionaryWithdrawal, DictionaryWithdrawal.version == Dictionary.version)
            .order_by(Dictionary.version.desc())
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(Dictionary.version < after)
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def limit(
        self, version: int, category: str, severity: str, treatment: str = Treatment.ROUTINE
    ) -> CategoryLimit | None:
        return await self._session.get(CategoryLimit, (version, category, severity, treatment))

    async def terms(self, dictionary: Dictionary) -> Terms:
        """What a version says, categories by code."""
        version, limits = dictionary.version, dict[str, list[LimitTerms]]()
        statement = select(CategoryLimit).where(CategoryLimit.version == version)
        for row in await self._session.scalars(
            statement.order_by(CategoryLimit.category, CategoryLimit.severity, CategoryLimit.treatment)
        ):
            limits.setdefault(row.category, []).append(
                LimitTerms(Severity(row.severity), row.amount, ClockUnit(row.unit), Treatment(row.treatment))
            )
        categories = select(Category).where(Category.version == version).order_by(Category.code)
        return Terms(
            hours=hours_of(dictionary),
            categories=tuple(
                CategoryTerms(code=one.code, name=one.name, limits=tuple(limits.get(one.code, ())))
                for one in await self._session.scalars(categories)
            ),
        )


def hours_of(dictionary: Dictionary) -> WorkHours:
    """The hours of work of a version."""
    return WorkHours(shifts_in(dictionary.shifts), special_in(dictionary.special_hours))


def _stands() -> ColumnElement[bool]:
    return ~exists().where(DictionaryWithdrawal.version == Dictionary.version)
