"""Shard locks of the relays (advisory locks): any number of relays may run, and each key has one."""

import asyncpg

from shared.messaging.outbox.tables import SHARDS

LOCK_CLASS = 0x6F757462
PRESENCE_CLASS = 0x72656C79

_TRY = "SELECT shard FROM unnest($1::int[]) AS shard WHERE pg_try_advisory_lock($2, shard)"
_RELEASE = "SELECT pg_advisory_unlock($2, shard) FROM unnest($1::int[]) AS shard"
_PRESENT = """
    SELECT count(*) AS present, count(*) FILTER (WHERE pid < pg_backend_pid()) AS before FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = $1::oid AND objid = 0
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ShardLocks:
    """Shard locks that one connection holds. They are lost with the connection.

    Locks are taken per shard, so that relays with different numbers of `groups` never share one; a group is taken
    whole.
    """

    def __init__(self, connection: asyncpg.Connection, *, groups: int) -> None:
        self._connection = connection
        self._groups = groups
        self._held: set[int] = set()
        self._announced = False

    @property
    def held(self) -> list[int]:
        """Shards, sorted."""
        return sorted(shard for group in self._held for shard in self._of(group))

    async def rebalance(self) -> bool:
        """Acquire free shards and release those beyond a fair share. True if anything changed.

        Nothing of a held shard may be in flight meanwhile.
        """
        before = set(self._held)
        fair = await self._fair_share()
        for group in sorted(self._held, reverse=True)[: max(0, len(self._held) - fair)]:
            await self._connection.execute(_RELEASE, self._of(group), LOCK_CLASS)
            self._held.discard(group)
        for group in range(self._groups):
            if len(self._held) >= fair:
                break
            if group not in self._held and await self._take(group):
                self._held.add(group)
        return self._held != before

    async def _take(self, group: int) -> bool:
        wanted = self._of(group)
        got = [row[0] for row in await self._connection.fetch(_TRY, wanted, LOCK_CLASS)]
        if len(got) == len(wanted):
            return True
        if got:
            await self._connection.execute(_RELEASE, got, LOCK_CLASS)
        return False

    async def _fair_share(self) -> int:
        if not self._announced:
            await self._connection.execute("SELECT pg_advisory_lock_shared($1, 0)", PRESENCE_CLASS)
            self._announced = True
        row = await self._connection.fetchrow(_PRESENT, PRESENCE_CLASS)
        assert row is not None
        present, before = int(row["present"]), int(row["before"])
        share, rest = divmod(self._groups, max(1, present))
        return share + (before < rest)

    def _of(self, group: int) -> list[int]:
        return list(range(group, SHARDS, self._groups))
