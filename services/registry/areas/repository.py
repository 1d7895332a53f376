"""Queries over areas."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.base import Base
from shared.auth.lineage import AreaLine
from shared.auth.scope import inside
from shared.db.compare_and_set import compare_and_set
from shared.db.gathering import Question
from shared.db.raw import rows_by_key
from shared.db.session import row_session
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS, county_of

LINES = select(Area.code, Area.valid_to, Area.successors).where(
    Area.valid_to.is_not(None), Area.successors != text("'{}'::text[]")
)

AREA = Base.metadata.tables[Area.__tablename__]
CHANGING = 0x61726561  # "area": the advisory lock of whoever changes the tree

NAMED = (COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS)
VILLAGES = Question(
    f"""
    SELECT village.code, village.version, village.valid_to, village.residents_moved,
      cardinality(village.successors) > 0 AS carried_on,
      county.books_opened_on, greatest(village.closed_until, (
        SELECT max(upper.closed_until) FROM areas AS upper
        WHERE upper.code IN ({", ".join(f"left(village.code, {digits})" for digits in NAMED[:2])})
      )) AS closed_until, ARRAY(
        SELECT upper.name FROM areas AS upper
        WHERE upper.code IN ({", ".join(f"left(village.code, {digits})" for digits in NAMED)}) ORDER BY upper.code
      ) AS names
    FROM areas AS village LEFT JOIN areas AS county ON county.code = left(village.code, {COUNTY_DIGITS})
    WHERE village.code = ANY($1::text[]) AND village.level = {VILLAGE_DIGITS}
    """,  # noqa: S608  # lengths of codes only
    key="code",
)
# The lock is that of a foreign key: without it somebody could settle in a village in the moment in which it ends.
LOCKED = Question(f"{VILLAGES.sql} ORDER BY village.code FOR KEY SHARE OF village", key="code")
COVERED = Question(f"SELECT code FROM areas WHERE code = ANY($1::text[]) AND level >= {COUNTY_DIGITS}", key="code")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Village:
    """A village as the check of places needs it."""

    code: str
    version: int
    valid_to: date | None
    carried_on: bool  # some other area carries it on
    residents_moved: bool  # and took over its residents
    books_opened_on: date | None
    closed_until: date | None  # the last day whose month is closed for the village or an area above it
    names: list[str]  # from the county to the village

    def takes_in(self, day: date, *, again: bool = False) -> bool:
        """Whether somebody may come to belong to it on the day; to a village that nobody carries on, on no day.

        Nor to one whose residents belong to others now, but `again`: who came and went over with them.
        """
        open_for = self.carried_on and (again or not self.residents_moved)
        return self.valid_to is None or (open_for and day < self.valid_to)


async def lines(session: AsyncSession) -> Sequence[AreaLine]:
    """Every area that ends and has successors: registry's own lineage."""
    rows = await session.execute(LINES)
    return [AreaLine(code=row.code, valid_to=row.valid_to, successors=tuple(row.successors)) for row in rows]


class AreaRepository:
    """The tree of areas. Abolished ones are included unless a day is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, code: str) -> Area | None:
        """An area by its code."""
        return (await self._session.scalars(select(Area).where(Area.code == code))).one_or_none()

    async def roots(self) -> Sequence[Area]:
        """The areas whose parent is not in the tree."""
        parents = select(Area.code)
        statement = select(Area).where(Area.parent.is_(None) | Area.parent.not_in(parents)).order_by(Area.code)
        return (await self._session.scalars(statement)).all()

    async def children(self, code: str, *, on: date | None) -> Sequence[Area]:
        """The areas one step below."""
        statement = select(Area).where(Area.parent == code).order_by(Area.code)
        return (await self._session.scalars(_open(statement, on))).all()

    async def subtree(self, code: str, *, on: date | None) -> Sequence[Area]:
        """The area and everything below it, in code order."""
        statement = select(Area).where(inside(Area.code, code)).order_by(Area.code)
        return (await self._session.scalars(_open(statement, on))).all()

    async def parts(self, code: str, *, on: date) -> bool:
        """Whether areas inside this one exist on the day, or begin later."""
        statement = select(Area.code).where(
            inside(Area.code, code), Area.code != code, Area.valid_to.is_(None) | (Area.valid_to > on)
        )
        return (await self._session.scalar(statement.limit(1))) is not None

    async def lock_tree(self) -> None:
        """Keep everybody else from opening, renaming or ending areas until the end of the transaction."""
        await self._session.execute(select(func.pg_advisory_xact_lock(CHANGING)))

    async def all_locked(self, codes: Collection[str], *, ending: bool = False) -> Mapping[str, Area]:
        """These areas as far as they exist, locked in code order. `ending`: nobody settles in them meanwhile."""
        statement = select(Area).where(Area.code.in_(codes)).order_by(Area.code).with_for_update(key_share=not ending)
        return {area.code: area for area in (await self._session.scalars(statement)).all()}

    async def locked_after(self, code: str | None, limit: int) -> Sequence[Area]:
        """The next areas in code order, locked."""
        statement = select(Area).order_by(Area.code).limit(limit).with_for_update(key_share=True)
        if code is not None:
            statement = statement.where(Area.code > code)
        return (await self._session.scalars(statement)).all()

    async def end(self, seen: Area, day: date, successors: Sequence[str], *, residents_moved: bool) -> Area:
        """End a locked area on the day; others carry it on."""
        changes = {"valid_to": day, "successors": sorted(successors), "residents_moved": residents_moved}
        return await self._changed(seen, **changes)

    async def reopen(self, seen: Area, **changes: Any) -> Area:
        """A locked area ends no more."""
        return await self._changed(seen, valid_to=None, successors=[], residents_moved=False, **changes)

    async def _changed(self, seen: Area, **changes: Any) -> Area:
        area = await compare_and_set(self._session, seen, **changes)
        assert area is not None, "the row is locked"
        return area

    async def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """New areas."""
        if rows:
            await self._session.execute(insert(Area), rows)

    async def rename(self, names: Mapping[str, str]) -> None:
        """Rename areas; the version of each grows by one."""
        if names:
            table = Area.__table__
            statement = (
                update(Area)
                .where(table.c.code == bindparam("b_code"))
                .values(name=bindparam("b_name"), version=Area.version + 1)
            )
            connection = await self._session.connection()
            await connection.execute(statement, [{"b_code": code, "b_name": name} for code, name in names.items()])

    async def villages(self, codes: Collection[str]) -> Mapping[str, Village]:
        """These villages as far as they exist, and as they stay until the transaction ends: locked in it, or, if it has
        not begun, compared and locked by the statement that inserts its rows; until then each is read once.
        """
        beneath = row_session(self._session)
        if beneath.begun:
            found = await rows_by_key(self._session, LOCKED, codes)
            return {code: Village(**row) for code, row in found.items()}
        seen: dict[str, Village] = beneath.info.setdefault(Village, {})
        if not seen.keys() >= set(codes):
            found = await rows_by_key(self._session, VILLAGES, codes)
            seen |= {code: Village(**row) for code, row in found.items()}
        villages = {code: seen[code] for code in codes if code in seen}
        beneath.rows.expect(AREA, {code: village.version for code, village in villages.items()})
        return villages

    async def covered(self, codes: Collection[str]) -> Collection[str]:
        """Which of the codes are a county of this tree, or lie in one."""
        return (await rows_by_key(self._session, COVERED, codes)).keys()

    async def books_opened_on(self, village: str) -> date | None:
        """The opening day of a village's county."""
        return await self._session.scalar(select(Area.books_opened_on).where(Area.code == county_of(village)))


def _open(statement: Any, on: date | None) -> Any:
    if on is None:
        return statement
    return statement.where(Area.valid_from <= on, Area.valid_to.is_(None) | (Area.valid_to > on))
