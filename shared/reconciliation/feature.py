"""Reconciliation as the house knows it: one feature of every service, made of the nouns that the service has."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.catalogue import STATE_TOPICS
from shared.contracts.checksums import CHECKSUM, QUESTION, ChecksumQuestionState, ChecksumState
from shared.contracts.envelope import Fact
from shared.feature import Feature, Restatement, routes_of
from shared.jobs.queue import enqueue
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.differences import DifferenceKind
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.reconciliation.api import router
from shared.reconciliation.jobs import ANNOUNCE, announce_kind
from shared.reconciliation.service import Checksums, Comparison, restate_checksums, restate_questions
from shared.reconciliation.tables import Checksum, ChecksumQuestion
from shared.reference.codes import published
from shared.schedules import Schedule


def reconciliation_feature(owner: str, features: Sequence[Feature]) -> Feature:
    """What a service does to hold what others hold: daily it says what it has of the nouns of `features`; what it
    follows it compares with what others say; and what it is asked for it announces again."""
    aggregates = {noun: how.aggregates for feature in features for noun, how in feature.states.items()}
    followed = {route.noun for route in routes_of(features)}

    async def said(context: ConsumerContext, changes: Sequence[Change[ChecksumState]]) -> None:
        for noun in (change.new.id for change in changes if change.new.id in followed and not context.rebuilding):
            await Comparison(context, owner).hear(noun)

    async def asked(context: ConsumerContext, changes: Sequence[Change[ChecksumQuestionState]]) -> None:
        for change in changes:
            question = change.new
            if question.id in aggregates and change.envelope.revision == 0 and not context.rebuilding:
                reader = question.noun.split(".", 1)[0]
                wanted = {"noun": question.id, "buckets": list(question.buckets), "reader": reader}
                await enqueue(context.session, ANNOUNCE, wanted)

    async def take(context: UseCaseContext) -> None:
        checksums = Checksums(context, owner, aggregates)
        await checksums.take()
        await checksums.forget()

    async def compare(context: UseCaseContext) -> bool:
        return await Comparison(context, owner).compare_next()

    async def checksums_again(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        return await restate_checksums(session, owner, after, limit)

    async def questions_again(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        return await restate_questions(session, owner, after, limit)

    def jobs(worker: Any) -> Sequence[Any]:
        return (announce_kind(worker.spec, worker.context_of, database=worker.database, clock=worker.clock),)

    owners = sorted({noun.split(".", 1)[0] for noun in followed})
    return Feature(
        router=router,
        tag="reconciliation",
        about="核验：各服务所存状态与来源一致。 What a service holds of others' states is what their owners say",
        states={
            f"{owner}.{CHECKSUM}": Restatement(checksums_again, select(Checksum.noun)),
            f"{owner}.{QUESTION}": Restatement(questions_again, select(ChecksumQuestion.noun)),
        },
        routes=(
            *(Route(f"{one}.{CHECKSUM}", said) for one in owners),
            *(Route(f"{one}.{QUESTION}", asked) for one in STATE_TOPICS[f"{owner}.{CHECKSUM}"].readers),
        ),
        schedules=(
            Schedule("checksums", timedelta(days=1), take),
            Schedule("comparisons", timedelta(minutes=1), compare),
        ),
        jobs=jobs,
        code_lists=(published("state_difference_kinds", "状态差异类别", DifferenceKind),),
    )
