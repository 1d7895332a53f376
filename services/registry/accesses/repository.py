"""Queries over the part of the access log that concerns one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_PAGE = text(
    """
    SELECT writer, batch, position, at, occurred_at, subject, role, purpose, action, detail, result, area
    FROM access_log
    WHERE noun = 'registry.person' AND object_id = :id AND action <> ALL (CAST(:without AS text[]))
      AND (CAST(:at AS timestamptz) IS NULL OR (at, writer, batch, position)
        < (CAST(:at AS timestamptz), CAST(:writer AS text), CAST(:batch AS bigint), CAST(:position AS integer)))
    ORDER BY at DESC, writer DESC, batch DESC, position DESC
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """Access-log entry: one look or change. Its first four fields are its place in the log."""

    writer: str
    batch: int
    position: int
    at: datetime
    occurred_at: datetime
    subject: str
    role: str | None
    purpose: str | None
    action: str
    detail: str
    result: str
    area: str | None


class AccessRepository:
    """Access log, read only."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self,
        person_id: UUID,
        *,
        without: Sequence[str],
        after: tuple[datetime, str, int, int] | None,
        limit: int,
    ) -> Sequence[AccessRecord]:
        """Page of a person's access log, the newest entry first; `without` the entries of some actions."""
        at, writer, batch, position = after or (None, None, None, None)
        rows = await self._session.execute(
            _PAGE,
            {
                "id": str(person_id),
                "without": list(without),
                "at": at,
                "writer": writer,
                "batch": batch,
                "position": position,
                "limit": limit,
            },
        )
        return [AccessRecord(**row._mapping) for row in rows]
