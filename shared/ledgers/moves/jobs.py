"""Long work of moves: 500 records a step. What was interrupted goes on behind the last record that was looked at."""

from typing import Any
from uuid import UUID

from shared.jobs.context import JobContext, JobKind
from shared.ledgers.moves.domain import BATCH, KIND
from shared.ledgers.moves.moving import RecordMoving
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.wiring import LedgerParts


def move_kind(worker: Any, parts: LedgerParts) -> JobKind:
    """The kind of long work. `worker`: the parts of its process (`shared.process.Worker`)."""

    async def run(job: JobContext) -> None:
        code, version = job.params["ledger"], job.params["version"]
        more = True
        while more:
            async with job.step() as step:
                context = worker.context_of(step.session)
                if step.total is None:
                    step.total = await RecordRepository(step.session).count_older(code, version)
                cursor = (step.cursor or {}).get("after")
                done = await RecordMoving(context, parts).next(
                    code,
                    version,
                    by=job.job.requested_by or KIND,
                    after=None if cursor is None else UUID(cursor),
                    limit=BATCH,
                )
                step.counts["moved"] = step.counts.get("moved", 0) + done.moved
                step.counts["left"] = step.counts.get("left", 0) + done.examined - done.moved
                if done.last is not None:
                    step.reached({"after": str(done.last)}, done=done.examined)
                more = done.examined == BATCH
                if not more:
                    await RecordRepository(step.session).were_moved(code)

    return JobKind(KIND, run)
