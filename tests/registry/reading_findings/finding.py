"""What tests of unusual reading do: lines of the access log, the daily look, decisions."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response
from sqlalchemy import text

from services.registry.wiring import UseCases
from shared.clock import SHANGHAI
from shared.db.engine import Database
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Work
from tests.registry.steps import Json, given

FINDINGS, READING_LIMITS = "/registry/v1/reading-findings", "/registry/v1/reading-limits"

_LINES = text(
    """
    INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, role, action, noun, object_id, area,
                            detail, result)
    SELECT :writer, 1, n, :at, :at, :subject, :role, 'read', 'registry.person',
           md5(:writer || n)::uuid::text, :area, :detail, :result
    FROM generate_series(1, :many) AS n
    """
)


async def reading(committed: Database, subject: str, day: date, many: int, **what: Any) -> None:
    """So many persons were read by a subject on a day, at ten in the morning unless said otherwise."""
    at = datetime.combine(day, time(what.pop("hour", 10)), SHANGHAI)
    line = {"role": "village_clerk", "area": VILLAGE, "detail": "masked", "result": "ok"} | what
    async with committed.session() as session:
        await session.execute(_LINES, {"writer": str(uuid4()), "at": at, "subject": subject, "many": many, **line})
        await session.commit()


async def looked(work: Work) -> None:
    """The daily look, until there is no day left."""

    async def look(use: UseCases) -> bool:
        return await use.reading_findings.look()

    while await work(look):
        pass


async def listed(client: AsyncClient, area: str = COUNTY, **params: Any) -> list[Json]:
    """Findings of an area; the count says as many."""
    asked = {"area": area, **params}
    items: list[Json] = given(await client.get(FINDINGS, params=asked))["items"]
    assert given(await client.get(f"{FINDINGS}/count", params=asked))["count"] == len(items)
    return items


async def step(client: AsyncClient, finding: Json, verb: str, **body: Any) -> Response:
    """A step of a finding."""
    return await client.post(f"{FINDINGS}/{finding['id']}/{verb}", json=body or None)


async def set_limit(client: AsyncClient, code: str, value: int, **headers: str) -> Response:
    """A limit of the county."""
    return await client.post(f"{READING_LIMITS}/{code}/set", json={"value": value}, headers=headers)


def day_before(day: date, days: int) -> date:
    """So many days before."""
    return day - timedelta(days=days)
