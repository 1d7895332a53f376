"""What everybody may read of a ledger (公开): public fields of records in the statuses that its definition names."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, true

from shared.auth.scope import inside
from shared.errors import NotFound
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.access import Disclosure
from shared.ledgers.grammar.words import Privacy
from shared.ledgers.records.domain import RecordFilter
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.reads import ShownRecord
from shared.messaging.context import UseCaseContext


class RecordDisclosure:
    """Use cases without a caller's scope. A ledger that discloses nothing is `NotFound`."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._ledgers = ledgers

    async def page(self, code: str, area: str | None, *, after: UUID | None, limit: int) -> Sequence[ShownRecord]:
        """What everybody may read: public fields of records in the statuses that the ledger names. Newest first."""
        ledger, terms = await self._disclosure(code)
        scope = and_(LedgerRecord.status.in_(terms.after), true() if area is None else inside(LedgerRecord.area, area))
        rows = await self._records.page(
            code, scope, RecordFilter(), now=self._clock.now(), after=after, limit=limit + 1
        )
        return [ShownRecord(record, _public(ledger, terms, record), full=False) for record in rows]

    async def one(self, code: str, id: UUID) -> ShownRecord:
        """One of these."""
        ledger, terms = await self._disclosure(code)
        record = await self._records.one(code, id)
        if record is None or record.status not in terms.after:
            raise NotFound
        return ShownRecord(record, _public(ledger, terms, record), full=False)

    async def _disclosure(self, code: str) -> tuple[Ledger, Disclosure]:
        ledger = await self._ledgers.newest(code)
        terms = ledger.definition.access.disclosed
        if terms is None:
            raise NotFound(code)
        return ledger, terms


def _public(ledger: Ledger, terms: Disclosure, record: LedgerRecord) -> dict[str, Any]:
    shown = [name for name in terms.fields if ledger.privacy.get(name) is Privacy.PUBLIC]
    return {name: record.values[name] for name in shown if name in record.values}
