"""What stands in the ledgers of a service, for definitions: is there any record, and would the live ones still fit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import Crypto
from shared.ledgers.definitions.trying import Held
from shared.ledgers.records.models import LedgerRecord
from shared.messaging.context import UseCaseContext

SEALED = ("ledger.personal", "ledger.restricted")
"""Names under which the closed parts of a record are sealed."""


class RecordHoldings:
    """Records as definitions look at them. What is opened here is tried and dropped: no value is answered."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session: AsyncSession = context.session
        self._crypto: Crypto = context.crypto

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
        values = dict(row.values)
        for sealed, name in zip((row.personal, row.restricted), SEALED, strict=True):
            if sealed is not None:
                values |= orjson.loads(self._crypto.open(sealed, field=name, owner=str(row.id)))
        return values
