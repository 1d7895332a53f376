"""History of a record (办理过程): who did what to it and when, with its words as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.auth.access_log import Purpose
from shared.auth.principal import Principal
from shared.crypto.masking import STARS
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import Privacy
from shared.ledgers.records.models import LedgerRecordStep
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.reads import RecordReads, detail_of
from shared.ledgers.records.shape import RecordSeal
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, repr=False)
class LineShown:
    """A line of the history with its words masked or opened. The repr shows nothing."""

    version: int
    step: str
    status: str
    actor: str
    at: datetime
    fields: Sequence[str]
    note: str | None


class RecordHistory:
    """Use case that reads the history: masked or in full under the rule of the record itself."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, reads: RecordReads) -> None:
        self._records = RecordRepository(context.session)
        self._seal = RecordSeal(context.crypto)
        self._ledgers = ledgers
        self._reads = reads

    async def read(
        self, principal: Principal, code: str, id: UUID, *, full: bool = False, purpose: Purpose | None = None
    ) -> Sequence[LineShown]:
        """The lines, oldest first. Words may speak of people, and are masked unless they are asked for in full.

        That a restricted field was filled is told in full only, to whoever may see the field. Raises `NotFound`,
        `Forbidden`, `PurposeRequired`.
        """
        record, ledger = await self._reads.found(principal, code, id)
        closed = self._reads.opens(principal, ledger, record, full, purpose)
        self._reads.note(principal, ledger, record, "read_history", detail_of(full), purpose=purpose)
        lines = await self._records.steps(id)
        taken_under = {
            number: await self._ledgers.version(code, number) for number in {one.ledger_version for one in lines}
        }
        return [
            LineShown(
                version=line.version,
                step=line.step,
                status=line.status,
                actor=line.actor,
                at=line.at,
                fields=[
                    name
                    for name in line.fields
                    if closed or not _is_restricted(name, ledger, taken_under[line.ledger_version])
                ],
                note=self._note(line, full=full),
            )
            for line in lines
        ]

    def _note(self, line: LedgerRecordStep, *, full: bool) -> str | None:
        if line.note is None:
            return None
        return self._seal.opened_note(line.note, line.record_id, line.version) if full else STARS


def _is_restricted(name: str, *versions: Ledger) -> bool:
    """Whether a field is restricted today, or was when it was filled."""
    return any(one.privacy.get(name) is Privacy.RESTRICTED for one in versions)
