"""Blind indexes of records for another key: what they are found by, and what may stand once."""

from collections.abc import Sequence
from uuid import UUID

from shared.crypto.service import BlindKey
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.keys import KeyRepository
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.shape import RecordSeal, index_rows, key_rows
from shared.messaging.context import UseCaseContext
from shared.rotation.indexes import missing, opened


class RecordIndexes:
    """Use case without a caller."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._crypto = context.crypto
        self._seal = RecordSeal(context.crypto)
        self._records = RecordRepository(context.session)
        self._keys = KeyRepository(context.session)
        self._ledgers = ledgers

    async def remake(self, after: str | None, limit: int) -> str | None:
        """The next records by id, locked, under each key in use. What a record does not hold now stays free."""
        found = await self._records.all_after(UUID(after) if after else None, limit)
        readable = opened(found, self._seal.whole)
        await self._records.forget_digests([one.id for one, _ in readable])
        for record, whole in readable:
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            rows = index_rows(ledger, record.id, whole, self._crypto)
            self._records.add_index([row for row in rows if row["digest"] is not None])
            await self._hold(ledger, record, whole)
        return str(found[-1].id) if len(found) == limit else None

    async def _hold(self, ledger: Ledger, record: LedgerRecord, whole: dict[str, object]) -> None:
        rows = key_rows(ledger, record.id, whole, self._crypto)
        keys = [BlindKey(row["key_id"], row["digest"]) for row in rows]
        held = {(key.key_id, key.digest) for key in await self._keys.held_by(record.id)}
        lacking = set(missing(held, _each(keys, len(self._crypto.index_keys))))
        await self._keys.take([row for row, key in zip(rows, keys, strict=True) if key in lacking])


def _each(keys: Sequence[BlindKey], many: int) -> Sequence[Sequence[BlindKey]]:
    """What may stand once, each under so many keys."""
    return [keys[at : at + many] for at in range(0, len(keys), many)]
