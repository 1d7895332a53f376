"""What may stand once among the live records of a ledger."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import BlindKey
from shared.db.among import among
from shared.db.session import row_session, rows_of
from shared.ledgers.records.models import KEY, LedgerKey, LedgerRecord

_TAKE = text(
    """
    INSERT INTO ledger_keys (ledger, key_id, digest, record_id)
    SELECT * FROM unnest(CAST(:ledger AS text[]), CAST(:key_id AS text[]), CAST(:digest AS bytea[]),
                         CAST(:record_id AS uuid[]))
    ON CONFLICT DO NOTHING RETURNING digest
    """
)


class KeyRepository:
    """Keys of records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, keys: Sequence[Mapping[str, Any]]) -> bool:
        """Take what may stand once for new records. False: a live record has one of them; nothing was taken then.

        Before the transaction has begun they are rows like the others, refused at the commit if they are held: then the
        request comes once more, in a transaction. The records must have been added before.
        """
        if not keys:
            return True
        if not row_session(self._session).begun:
            rows_of(self._session).add(KEY, keys)
            return True
        await self._session.flush()
        # in one order: two that take the same keys would else wait crosswise
        ordered = sorted(keys, key=lambda key: (key["key_id"], key["digest"]))
        columns = {column.name: [key[column.name] for key in ordered] for column in KEY.c}
        taken = [row.digest for row in await self._session.execute(_TAKE, columns)]
        if len(taken) == len(keys):
            return True
        if taken:
            ours = LedgerKey.record_id.in_({key["record_id"] for key in keys})
            await self._session.execute(delete(LedgerKey).where(ours, LedgerKey.digest.in_(taken)))
        return False

    async def keys_of(self, record_id: UUID) -> frozenset[bytes]:
        """The keys that a record holds."""
        found = await self._session.scalars(select(LedgerKey.digest).where(LedgerKey.record_id == record_id))
        return frozenset(found)

    async def held_by(self, record_id: UUID) -> Sequence[BlindKey]:
        """The same, with the ids under which they were made."""
        columns = select(LedgerKey.key_id, LedgerKey.digest).where(LedgerKey.record_id == record_id)
        return [BlindKey(row.key_id, bytes(row.digest)) for row in await self._session.execute(columns)]

    async def release(self, record_id: UUID, digests: Collection[bytes]) -> None:
        """Keys that a record holds no longer."""
        if digests:
            ours = and_(LedgerKey.record_id == record_id, LedgerKey.digest.in_(digests))
            await self._session.execute(delete(LedgerKey).where(ours))

    async def holders(self, keys: Sequence[Mapping[str, Any]]) -> Sequence[LedgerRecord]:
        """The live records that hold one of these keys, but for the record whose keys they are."""
        wanted = [(key["ledger"], key["key_id"], key["digest"]) for key in keys]
        held = among((LedgerKey.ledger, LedgerKey.key_id, LedgerKey.digest), wanted)
        statement = (
            select(LedgerRecord)
            .join(LedgerKey, LedgerKey.record_id == LedgerRecord.id)
            .where(held, LedgerRecord.id.not_in({key["record_id"] for key in keys}))
        )
        return (await self._session.scalars(statement)).unique().all()
