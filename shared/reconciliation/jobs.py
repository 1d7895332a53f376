"""Long work of reconciliation: announcing buckets again for who asked."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.contracts.catalogue import told_of
from shared.db.engine import Database
from shared.jobs.context import JobContext, JobKind
from shared.messaging.context import UseCaseContext
from shared.messaging.outbox.backlog import MOST, until_relayed
from shared.reconciliation.service import Checksums
from shared.republish import CHUNK, announce_again
from shared.service import ServiceSpec

ANNOUNCE = "announce_buckets"

ContextOf = Callable[[AsyncSession], UseCaseContext]


def announce_kind(
    spec: ServiceSpec, context_of: ContextOf, *, database: Database, clock: Clock, chunk: int = CHUNK
) -> JobKind:
    """Job that announces the states of some buckets again, under its number as revision, and then counts again."""

    async def run(context: JobContext) -> None:
        noun, buckets = context.params["noun"], frozenset(context.params["buckets"])
        after, more = (context.cursor or {}).get("after"), True
        while more:
            await until_relayed(database, context.pause, most=MOST)
            async with context.step() as step:
                after, many = await announce_again(
                    step.session,
                    spec,
                    clock,
                    noun,
                    after=after,
                    limit=chunk,
                    revision=context.job.number,
                    buckets=buckets,
                )
                more = after is not None
                if not more:
                    checksums = Checksums(context_of(step.session), spec.name, spec.aggregates)
                    reader = context.params["reader"]
                    await checksums.say(noun, run=context.job.number, reader=reader, buckets=buckets)
                step.reached({"after": after}, done=told_of(noun, many))

    return JobKind(ANNOUNCE, run)
