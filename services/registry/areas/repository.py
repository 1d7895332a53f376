"""Queries over areas."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import KnownArea, Renaming
from services.registry.areas.models import Area, AreaRenaming
from services.registry.base import Base
from shared.auth.lineage import AreaLine, projected_lineage
from shared.auth.scope import inside
from shared.db.compare_and_set import compare_and_set
from shared.db.engine import Database
from shared.db.gathering import Question
from shared.db.raw import rows_by_key
from shared.db.session import row_session
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS, county_of

LINES = select(Area.code, Area.valid_to, Area.successors).where(
    Area.valid_to.is_not(None), Area.successors != text("'{}'::text[]")
)

AREA = Base.metadata.tables[Area.__tablename__]
RENAMING = Base.metadata.tables[AreaRenaming.__tablename__]
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
STAMPS = Question(
    """
    SELECT asked.code, tree.* FROM unnest($1::text[]) AS asked (code) CROSS JOIN LATERAL (
      SELECT count(*) AS areas, coalesce(sum(version), 0)::bigint AS versions, coalesce(max(changed), 0) AS newest
      FROM areas WHERE areas.code >= asked.code AND areas.code < asked.code || '~'
    ) AS tree
    """,
    key="code",
)
COVERED = Question(f"SELECT code FROM areas WHERE code = ANY($1::text[]) AND level >= {COUNTY_DIGITS}", key="code")  # noqa: S608


NEXT_CHANGE: ScalarSelect[int] = select(func.coalesce(func.max(Area.changed), 0) + 1).scalar_subquery()


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


@dataclass(frozen=True, slots=True)
class TreeStamp:
    """What tells one tree of an area from a later one; everything that changes in it makes one of these grow."""

    areas: int
    versions: int
    newest: int  # the greatest number of a change

    @property
    def tag(self) -> str:
        """The entity tag of such a tree."""
        return f'"{self.areas}.{self.versions}.{self.newest}"'


def stamp_of(row: Any) -> TreeStamp:
    """The stamp as a row of `STAMPS` has it."""
    return TreeStamp(row["areas"], row["versions"], row["newest"])


async def stamp_now(database: Database, code: str) -> TreeStamp:
    """The stamp of an area's tree, without a transaction: whoever asks at the same moment is answered at once."""
    return stamp_of((await database.reads.ask(STAMPS, (code,)))[code])


async def lines(session: AsyncSession) -> Sequence[AreaLine]:
    """Every area and grid that ends and has successors: areas out of registry's own tree, grids as grid tells them."""
    rows = await session.execute(LINES)
    own = [AreaLine(code=row.code, valid_to=row.valid_to, successors=tuple(row.successors)) for row in rows]
    return [*own, *await projected_lineage(session)]


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

    async def known(self, code: str, above: Collection[str]) -> Mapping[str, KnownArea]:
        """The area, everything below it and these above it, by their codes and as they are: nothing is locked."""
        columns = (AREA.c[name] for name in KnownArea.__slots__)
        statement = select(*columns).where(inside(AREA.c.code, code) | AREA.c.code.in_(above))
        return {row.code: KnownArea(*row) for row in await self._session.execute(statement)}

    async def stamp(self, code: str) -> TreeStamp:
        """The stamp of the area and everything below it, without reading that; of no areas if there are none."""
        return stamp_of((await rows_by_key(self._session, STAMPS, [code]))[code])

    async def changed_since(self, code: str, number: int) -> Sequence[Area]:
        """Those of the area and everything below it that changed after a number, ended ones too, in code order."""
        statement = select(Area).where(inside(Area.code, code), Area.changed > number).order_by(Area.code)
        return (await self._session.scalars(statement)).all()

    async def renamings(self, codes: Collection[str]) -> Mapping[str, Sequence[Renaming]]:
        """The renamings that stand of each of these areas, the first one first."""
        statement = (
            select(AreaRenaming)
            .where(AreaRenaming.area.in_(codes), AreaRenaming.undone_at.is_(None))
            .order_by(AreaRenaming.area, AreaRenaming.area_version)
        )
        found: dict[str, list[Renaming]] = {}
        for row in (await self._session.scalars(statement)).all():
            found.setdefault(row.area, []).append(Renaming(row.name_before, row.name, row.renamed_on, row.area_version))
        return found

    async def renamings_inside(self, code: str) -> Mapping[str, Sequence[Renaming]]:
        """The same of the area and everything below it."""
        statement = select(AreaRenaming.area).where(inside(AreaRenaming.area, code)).distinct()
        return await self.renamings((await self._session.scalars(statement)).all())

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
        area = await compare_and_set(self._session, seen, changed=NEXT_CHANGE, **changes)
        assert area is not None, "the row is locked"
        return area

    async def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """New areas. The tree is locked, as wherever areas change: so changes are numbered in the order of commits."""
        if rows:
            number = await self._session.scalar(select(NEXT_CHANGE))
            await self._session.execute(insert(Area), [{**row, "changed": number} for row in rows])

    async def rename(self, seen: Area, name: str, day: date, *, by: str, at: datetime) -> Area:
        """A locked area has another name from the day on."""
        before = seen.name
        area = await self._changed(seen, name=name)
        row = {
            "area": area.code,
            "area_version": area.version,
            "name_before": before,
            "name": name,
            "renamed_on": day,
            "recorded_by": by,
            "recorded_at": at,
        }
        await self._session.execute(insert(RENAMING).values(row))
        return area

    async def take_back(self, seen: Area, renaming: Renaming, *, by: str, at: datetime) -> Area:
        """A locked area has the name of before again: the last renaming that stands is undone."""
        await self.forget_names(seen.code, by=by, at=at, since=renaming.number)
        return await self._changed(seen, name=renaming.name_before)

    async def forget_names(self, code: str, *, by: str, at: datetime, since: int = 0) -> None:
        """The renamings of an area from a number on stand no more."""
        statement = update(RENAMING).where(
            RENAMING.c.area == code, RENAMING.c.area_version >= since, RENAMING.c.undone_at.is_(None)
        )
        await self._session.execute(statement.values(undone_by=by, undone_at=at))

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
