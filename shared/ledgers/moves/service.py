"""Use cases of moves: begun by who may publish, looked at, stopped; and what is still under an old version."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.ledgers import LEDGER
from shared.errors import FieldError, NotFound
from shared.jobs import queue
from shared.jobs.queue import Job
from shared.ledgers.definitions.service.checking import require_sight
from shared.ledgers.moves.domain import KIND, NothingToMove
from shared.ledgers.moves.moving import RecordMoving
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class Unmoved:
    """A live record under an older version, and why it is none of the newer; nothing: it has only not been moved."""

    id: UUID
    ledger_version: int
    errors: Sequence[FieldError]


class LedgerMoves:
    """Moves of the ledgers of one service. They concern the county as a whole: no area applies."""

    def __init__(self, context: UseCaseContext, parts: LedgerParts) -> None:
        self._session = context.session
        self._access = context.access
        self._moving = RecordMoving(context, parts)
        self._records = RecordRepository(context.session)
        self._ledgers = parts.ledgers(context.session, context.clock)

    async def begin(self, principal: Principal, code: str) -> Job:
        """Have the live records moved to the version in force.

        Raises `NotFound`, `NothingToMove`, `JobAlreadyOpen` while they are being moved.
        """
        version, owner = await self._target(code)
        job = await queue.enqueue(
            self._session,
            KIND,
            {"ledger": code, "version": version},
            lane=f"{KIND}:{code}",
            requested_by=principal.subject,
        )
        self._access.note(
            principal, action="move_records", noun=f"{owner}.{LEDGER}", object_id=code, detail=Detail.WRITE
        )
        return job

    async def read(self, code: str, wanted: UUID) -> Job:
        """A move of the ledger, whoever asked for it. Raises `NotFound`."""
        job = await queue.find(self._session, wanted)
        if (job.kind, job.params.get("ledger")) != (KIND, code):
            raise NotFound(wanted)
        return job

    async def cancel(self, code: str, wanted: UUID) -> Job:
        """Stop it: what was moved stays moved. Raises `NotFound`."""
        await self.read(code, wanted)
        return await queue.cancel(self._session, wanted)

    async def unmoved(self, principal: Principal, code: str, *, after: UUID | None, limit: int) -> Sequence[Unmoved]:
        """The next live records under an older version, one more than `limit` if there is one; told to who may see all
        that they hold, and noted.

        Raises `NotFound`, `NothingToMove`, `Forbidden`.
        """
        version, owner = await self._target(code)
        require_sight(principal, [await self._ledgers.version(code, one + 1) for one in range(version)])
        self._access.note(
            principal, action="list_unmoved", noun=f"{owner}.{LEDGER}", object_id=code, detail=Detail.FULL
        )
        records = await self._records.older(code, version, after=after, limit=limit + 1)
        return [
            Unmoved(one.id, one.ledger_version, (await self._moving.carried(one, version)).errors) for one in records
        ]

    async def _target(self, code: str) -> tuple[int, str]:
        ledger = await self._moving.target(code)
        if ledger is None:
            raise NothingToMove(code)
        return ledger.version, ledger.owner
