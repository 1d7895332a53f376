"""Queries of unusual reading: a day of the access log by subject, and what was made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.reading_findings.domain import (
    FindingRecord,
    FindingStatus,
    LimitRecord,
    Past,
    ReadingDay,
    ReadingLimit,
)
from services.registry.reading_findings.models import ReadingDayRow, ReadingFinding, ReadingLimitRow
from shared.auth.roles import OWN_ONLY
from shared.auth.scope import Scope
from shared.auth.tokens import SYSTEM
from shared.db.compare_and_set import guarded_update
from shared.reference.areas import COUNTY_DIGITS

DAY = Base.metadata.tables[ReadingDayRow.__tablename__]
FINDING = Base.metadata.tables[ReadingFinding.__tablename__]
LIMIT = Base.metadata.tables[ReadingLimitRow.__tablename__]
COUNTED = ""
"""The subject that stands for a day that was counted."""
KEPT = timedelta(days=400)
"""How long numbers of days are kept."""

# `at` chooses the partitions; a batch is written moments after what it tells of.
_READ = text(
    """
    SELECT subject,
           count(DISTINCT object_id) FILTER (WHERE result = 'ok') AS persons,
           count(DISTINCT object_id) FILTER (WHERE result = 'ok' AND detail = 'full') AS shown_full,
           count(DISTINCT object_id) FILTER (WHERE result = 'ok' AND NOT extract(
               hour FROM occurred_at AT TIME ZONE 'Asia/Shanghai') BETWEEN :begins AND :ends - 1) AS out_of_hours,
           count(*) FILTER (WHERE result <> 'ok') AS misses,
           coalesce(array_agg(DISTINCT left(area, 12)) FILTER (WHERE result = 'ok' AND length(area) >= 12),
                    ARRAY[]::text[]) AS villages
    FROM access_log
    WHERE at >= :start AND at < :later AND occurred_at >= :start AND occurred_at < :stop
      AND noun = 'registry.person' AND NOT starts_with(subject, :system) AND NOT coalesce(role, '') = ANY (:own)
    GROUP BY subject
    """
)


class ReadingFindingRepository:
    """Days of reading, findings and limits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read_on(self, day: date, start: datetime, *, begins: int, ends: int) -> Sequence[ReadingDay]:
        """What each subject read on a day, by the access log; residents and our own processes are none."""
        stop = start + timedelta(days=1)
        asked = {"start": start, "stop": stop, "later": stop + timedelta(hours=1), "begins": begins, "ends": ends}
        rows = await self._session.execute(_READ, {**asked, "system": SYSTEM, "own": sorted(OWN_ONLY)})
        return [ReadingDay(day=day, **row._mapping) for row in rows]

    async def first_read(self) -> datetime | None:
        """When the access log begins."""
        found: datetime | None = await self._session.scalar(text("SELECT min(at) FROM access_log"))
        return found

    async def last_counted(self) -> date | None:
        """The last day that was counted."""
        found: date | None = await self._session.scalar(select(func.max(DAY.c.day)).where(DAY.c.subject == COUNTED))
        return found

    async def past(self, subjects: Sequence[str], day: date, days: int) -> Mapping[str, Past]:
        """What these subjects read on the days before."""
        before = and_(DAY.c.subject.in_(subjects), DAY.c.day < day, DAY.c.day >= day - timedelta(days=days))
        found: dict[str, Past] = {}
        for row in await self._session.execute(select(DAY).where(before)):
            known = found.get(row.subject, Past())
            found[row.subject] = Past(known.days + 1, known.persons + row.persons, known.villages | set(row.villages))
        return found

    async def keep(self, day: date, read: Sequence[ReadingDay]) -> None:
        """A day is counted; what is older than anything is compared with goes."""
        rows = [asdict(one) for one in (*read, ReadingDay(COUNTED, day, 0, 0, 0, 0, ()))]
        await self._session.execute(
            insert(DAY).on_conflict_do_nothing(), [{**row, "villages": list(row["villages"])} for row in rows]
        )
        await self._session.execute(delete(DAY).where(DAY.c.day < day - KEPT))

    async def county(self) -> str:
        """Code of the county whose register it is."""
        found = await self._session.scalar(
            select(Area.code).where(func.length(Area.code) == COUNTY_DIGITS).order_by(Area.code).limit(1)
        )
        return str(found or "")

    async def add(self, findings: Sequence[FindingRecord]) -> None:
        """New ones, unless the day was judged already."""
        if findings:
            rows = [{column.name: getattr(one, column.name) for column in FINDING.c} for one in findings]
            rows = [{**row, "villages": list(row["villages"])} for row in rows]
            await self._session.execute(insert(FINDING).on_conflict_do_nothing(), rows)

    async def get(self, id: UUID) -> FindingRecord | None:
        """A finding by id. The caller asks the scope."""
        row = (await self._session.execute(select(FINDING).where(FINDING.c.id == id))).one_or_none()
        return None if row is None else FindingRecord(**row._mapping)

    async def move(self, seen: FindingRecord, to: FindingStatus, **changes: Any) -> FindingRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(ReadingFinding, seen, status=str(to), **changes).returning(FINDING)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def page(
        self, scope: Scope, status: FindingStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[FindingRecord]:
        """Findings in the scope, the newest first."""
        statement = select(FINDING).where(_listed(scope, status)).order_by(FINDING.c.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(FINDING.c.id < after)
        return [FindingRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, status: FindingStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(FINDING).where(_listed(scope, status))
        return await self._session.scalar(statement) or 0

    async def hold_limits(self) -> None:
        """Who sets a limit waits for who sets another: each is judged beside the others."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("reading limits", 0))))

    async def limits(self) -> Sequence[LimitRecord]:
        """The limits that the county has set."""
        rows = await self._session.execute(select(LIMIT).order_by(LIMIT.c.code))
        return [LimitRecord(**{**row._mapping, "code": ReadingLimit(row.code)}) for row in rows]

    async def set(self, limit: LimitRecord) -> bool:
        """Set one, of the version that was seen before; False if somebody else has set it since."""
        row = asdict(limit)
        statement = insert(LIMIT).values(row)
        seen = LIMIT.c.version == limit.version - 1
        changed = {name: row[name] for name in ("value", "version", "changed_by", "changed_at")}
        statement = statement.on_conflict_do_update(index_elements=["code"], set_=changed, where=seen)
        done = await self._session.execute(statement.returning(LIMIT.c.code))
        return done.first() is not None


def _listed(scope: Scope, status: FindingStatus | None) -> ColumnElement[bool]:
    within = scope.where(FINDING.c.area)
    return within if status is None else and_(within, FINDING.c.status == str(status))
