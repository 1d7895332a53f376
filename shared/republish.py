"""Republish: all states of a service, announced again through the outbox, under row locks, never past a newer version.

A state that was produced directly could overtake a newer one and survive compaction. So each state goes into the outbox
while its row is locked: same `sequence`, `revision` = the run's number, fact `restated`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.contracts.catalogue import TOPICS, told_of
from shared.db.engine import Database
from shared.db.session import rows_of
from shared.errors import ErrorKind, FieldError, Invalid
from shared.ids import bucket_of
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import Job, enqueue
from shared.messaging.outbox.backlog import MOST, until_relayed
from shared.messaging.outbox.tables import OUTBOX
from shared.messaging.outbox.writer import outbox_row
from shared.service import ServiceSpec

KIND = "republish"
CHUNK = 500
"""Rows that are locked at once, for as long as it takes to insert them."""


class UnknownNoun(Invalid):
    """Refusal: this service owns no such noun."""

    kind, code, title = ErrorKind.INVALID, "unknown_noun", "本服务没有这类数据"
    advice = "请从本服务的数据种类中选择"


async def ask_republish(
    session: AsyncSession, spec: ServiceSpec, nouns: Sequence[str] = (), *, requested_by: str
) -> Job:
    """Enqueue a republish run over `nouns`, all of the service's if none is named.

    `counts_of(job)` says what to expect. Raises UnknownNoun, or JobAlreadyOpen while another run is under way.
    """
    wanted = [noun for noun in spec.restate if noun in nouns] if nouns else list(spec.restate)
    if unknown := [place for place, noun in enumerate(nouns) if noun not in spec.restate]:
        raise UnknownNoun(errors=[FieldError(f"nouns.{place}", "unknown_noun", "没有这类数据") for place in unknown])
    counts = {noun: await _count(session, spec, noun) for noun in wanted}
    return await enqueue(session, KIND, {"nouns": wanted, "counts": counts}, lane=KIND, requested_by=requested_by)


def counts_of(job: Job) -> Mapping[str, int]:
    """Aggregates of each noun when the run was asked for: so many states, or more, carry its number as revision."""
    counts: Mapping[str, int] = job.params["counts"]
    return counts


def told_counts(job: Job) -> Mapping[str, int]:
    """The same of the nouns that everybody may read: how many restricted ones there are is no operator's business."""
    return {noun: count for noun, count in counts_of(job).items() if TOPICS[noun].published}


def republish_kind(
    spec: ServiceSpec, *, database: Database, clock: Clock, most: int = MOST, chunk: int = CHUNK
) -> JobKind:
    """Job of a republish run. Pauses while more than `most` rows of the outbox wait."""

    async def run(context: JobContext) -> None:
        nouns: list[str] = context.params["nouns"]
        at = context.cursor or {"noun": nouns[0] if nouns else None, "after": None}
        for noun in nouns[nouns.index(at["noun"]) :] if nouns else ():
            after = at["after"] if noun == at["noun"] else None
            more = True
            while more:
                await until_relayed(database, context.pause, most=most)
                after = await _republish_chunk(context, spec, clock, noun, after, chunk)
                more = after is not None

    return JobKind(KIND, run)


async def _republish_chunk(
    context: JobContext, spec: ServiceSpec, clock: Clock, noun: str, after: str | None, chunk: int
) -> str | None:
    """Republish one chunk in one transaction; returns the last key, or None at the end of the noun."""
    async with context.step() as step:
        step.total = sum(told_counts(context.job).values())
        after, many = await announce_again(
            step.session, spec, clock, noun, after=after, limit=chunk, revision=context.job.number
        )
        if after is None:
            return None
        step.counts[noun] = step.counts.get(noun, 0) + many
        step.reached({"noun": noun, "after": after}, done=told_of(noun, many))
    return after


async def announce_again(
    session: AsyncSession,
    spec: ServiceSpec,
    clock: Clock,
    noun: str,
    *,
    after: str | None,
    limit: int,
    revision: int,
    buckets: Collection[int] | None = None,
) -> tuple[str | None, int]:
    """Announce the next `limit` states of a noun in the caller's transaction, or those of them that lie in `buckets`.

    Returns the last id looked at (None: there was none) and how many were announced.
    """
    facts = await spec.restate[noun](session, after, limit)
    if not facts:
        return None, 0
    rows: list[dict[str, Any]] = [
        outbox_row(fact, owner=spec.name, clock=clock, revision=revision)
        for fact in facts
        if buckets is None or bucket_of(fact.state.subject) in buckets
    ]
    if rows:
        rows_of(session).add(OUTBOX, rows)
    return facts[-1].state.subject, len(rows)


async def _count(session: AsyncSession, spec: ServiceSpec, noun: str) -> int:
    return await session.scalar(select(func.count()).select_from(spec.aggregates[noun].subquery())) or 0
