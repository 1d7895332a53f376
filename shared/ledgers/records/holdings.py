"""What stands in the ledgers of a service, for definitions: is there any record, and would the live ones still fit."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import begin_of_day
from shared.ledgers.definitions.trying import Held
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.shape import RecordSeal
from shared.messaging.context import UseCaseContext

SETTLE = timedelta(minutes=2)
"""After a version has opened: whoever still writes by the one before is through by then."""


class RecordHoldings:
    """Records as definitions look at them. What is opened here is tried and dropped: no value is answered."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session: AsyncSession = context.session
        self._clock = context.clock
        self._seal = RecordSeal(context.crypto)

    async def holds_any(self, code: str) -> bool:
        """Whether any record, live or not, stands in the ledger."""
        return bool(await self._session.scalar(select(exists().where(LedgerRecord.ledger == code))))

    async def search_by(self, code: str, fields: Collection[str], *, opens_on: date | None) -> None:
        """Have the index of these fields filled once a version is open; None: when the records are moved to it."""
        begins_at = None if opens_on is None else max(self._clock.now(), begin_of_day(opens_on)) + SETTLE
        await RecordRepository(self._session).ask_to_fill(code, fields, begins_at)

    async def live(self, code: str, *, after: UUID | None, limit: int) -> Sequence[Held]:
        """The next live records of a ledger by id."""
        statement = select(LedgerRecord).where(LedgerRecord.ledger == code, LedgerRecord.live)
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        rows = await self._session.scalars(statement.order_by(LedgerRecord.id).limit(limit))
        return [Held(row.id, row.status, self._seal.whole(row)) for row in rows]
