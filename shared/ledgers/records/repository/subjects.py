"""Locks of what records are about: whoever opens a record holds its subject, whoever moves or erases one waits."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

BUCKETS = 512
"""Locks of subjects: a batch that moves thousands takes no more."""


async def hold_subjects(session: AsyncSession, ids: Collection[str]) -> None:
    """Until the transaction ends nobody moves or erases these subjects: what is read of them stays true till then."""
    await session.execute(_HOLD, {"ids": sorted(ids), "buckets": BUCKETS})


async def change_subjects(session: AsyncSession, ids: Collection[str]) -> None:
    """Wait for all who hold one of these subjects, and keep others from holding it."""
    await session.execute(_CHANGE, {"ids": sorted(ids), "buckets": BUCKETS})


_LOCK = """
    SELECT {lock}(hashtext('ledger subject'), bucket) FROM (
        SELECT DISTINCT abs(hashtext(one) % :buckets) AS bucket FROM unnest(CAST(:ids AS text[])) AS one ORDER BY bucket
    ) AS buckets
    """
_HOLD = text(_LOCK.format(lock="pg_advisory_xact_lock_shared"))
_CHANGE = text(_LOCK.format(lock="pg_advisory_xact_lock"))
