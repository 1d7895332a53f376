"""What stands in the ledgers of a service, for definitions: is there any record, and would the live ones still fit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.ledgers.definitions.trying import Held
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.shape import PERSONAL, RESTRICTED, RecordSeal
from shared.messaging.context import UseCaseContext


class RecordHoldings:
    """Records as definitions look at them. What is opened here is tried and dropped: no value is answered."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session: AsyncSession = context.session
        self._seal = RecordSeal(context.crypto)

    async def holds_any(self, code: str) -> bool:
        """Whether any record, live or not, stands in the ledger."""
        return bool(await self._session.scalar(select(exists().where(LedgerRecord.ledger == code))))

    async def live(self, code: str, *, after: UUID | None, limit: int) -> Sequence[Held]:
        """The next live records of a ledger by id."""
        statement = select(LedgerRecord).where(LedgerRecord.ledger == code, LedgerRecord.live)
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        rows = await self._session.scalars(statement.order_by(LedgerRecord.id).limit(limit))
        return [Held(row.id, row.status, self._values(row)) for row in rows]

    def _values(self, row: LedgerRecord) -> dict[str, Any]:
        personal = self._seal.opened(row.personal, PERSONAL, row.id)
        return {**row.values, **personal, **self._seal.opened(row.restricted, RESTRICTED, row.id)}
