"""Filling of the index of fields that became search fields while records stood in the ledger: in steps."""

from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.shape import RecordSeal, index_rows
from shared.messaging.context import UseCaseContext

BATCH = 500
"""Records of one step."""


class IndexFilling:
    """Use case without a caller. Until a field is filled nobody searches by it (`RecordSearchUnfilled`)."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._seal = RecordSeal(context.crypto)
        self._records = RecordRepository(context.session)
        self._ledgers = ledgers

    async def next(self, limit: int = BATCH) -> bool:
        """Fill the index of one field for the next records by id, locked. True: there is more to do."""
        fill = await self._records.fill_due(self._clock.now())
        if fill is None:
            return False
        records = await self._records.locked_of(fill.ledger, fill.after, limit)
        await self._records.forget([one.id for one in records], fill.field)
        for record in records:
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            if fill.field in ledger.search_fields:
                rows = index_rows(ledger, record.id, self._seal.whole(record), self._crypto)
                self._records.add_index([row for row in rows if row["field"] == fill.field])
        if len(records) < limit:
            await self._session.delete(fill)
        else:
            fill.after = records[-1].id
        return True
