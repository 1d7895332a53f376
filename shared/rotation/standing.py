"""What lies under which key, counted in the tables themselves."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import header_of
from shared.db.provision import quoted
from shared.db.sealing import BlindAs, SealedAs, blind_columns, sealed_columns, tables_with

PATIENCE = text("SET LOCAL statement_timeout = '30min'")
"""Counting reads whole tables; nobody waits for it but who rotates keys."""


class Standing:
    """Counts over the tables of one service, in one transaction."""

    def __init__(self, session: AsyncSession, targets: Iterable[MetaData]) -> None:
        self._session = session
        self._targets = tuple(targets)

    @property
    def sealed(self) -> Sequence[Table]:
        """Tables that hold sealed values."""
        return tables_with(sealed_columns, self._targets)

    @property
    def indexes(self) -> Sequence[Table]:
        """Tables that hold digests which are made again."""
        return tables_with(blind_columns, self._targets)

    async def rows_under(self, key_id: str) -> int:
        """Rows in which something is sealed under this key."""
        return await self._sum(_any(table, key_id, under=True) for table in self.sealed)

    async def rows_not_under(self, key_id: str) -> int:
        """Rows in which something is sealed under any other key."""
        return await self._sum(_any(table, key_id, under=False) for table in self.sealed)

    async def lost_without(self, key_ids: Collection[str]) -> int:
        """Digests of what would be found by none of these index keys."""
        return await self._sum(
            (_unfound(table, name, how), {"keys": list(key_ids)})
            for table in self.indexes
            for name, how in blind_columns(table).items()
        )

    async def _sum(self, conditions: Iterable[tuple[str, dict[str, object]]]) -> int:
        await self._session.execute(PATIENCE)
        found = 0
        for statement, values in conditions:
            found += await self._session.scalar(text(statement), values) or 0
        return found


def _any(table: Table, key_id: str, *, under: bool) -> tuple[str, dict[str, object]]:
    header = header_of(key_id)
    kept = " OR ".join(f"({condition_of(name, how, under=under)})" for name, how in sealed_columns(table).items())
    statement = f"SELECT count(*) FROM {quoted(table.name)} WHERE {kept}"  # noqa: S608  (names out of our metadata)
    return statement, {"header": header, "length": len(header)}


def condition_of(name: str, how: SealedAs, *, under: bool) -> str:
    """Whether a column of a row holds something sealed under the key of `:header`, or under another one."""
    column, operator = quoted(name), "=" if under else "<>"
    if how.paired:
        sealed = f"substring(decode(pair ->> 1, 'base64') FROM 1 FOR :length) {operator} :header"
        return f"EXISTS (SELECT 1 FROM jsonb_array_elements({column}) AS pair WHERE {sealed})"  # noqa: S608
    only = f"{quoted(how.only)} AND " if how.only else ""
    kept = f"length({column}) > 0 AND "  # what was erased lies under no key
    return f"{only}{kept}substring({column} FROM 1 FOR :length) {operator} :header"


def _unfound(table: Table, name: str, how: BlindAs) -> str:
    same = " AND ".join(f"other.{quoted(one)} = this.{quoted(one)}" for one in how.owner)
    found = f"SELECT 1 FROM {quoted(table.name)} AS other WHERE {same} AND other.{quoted(how.key)} = ANY(:keys)"  # noqa: S608
    return (
        f"SELECT count(*) FROM {quoted(table.name)} AS this"  # noqa: S608
        f" WHERE this.{quoted(name)} IS NOT NULL AND NOT EXISTS ({found})"
    )
