"""Erasures as the house knows them: one feature of every service that hears of them from registry."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Fact
from shared.contracts.erasure_answers import ANSWER
from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.erasures.service import Eraser, ErasureTasks, restate
from shared.erasures.tables import ErasureTask
from shared.feature import Feature, Restatement
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.schedules import Schedule

DECIDED = (ErasureStatus.ORDERED, ErasureStatus.DONE)
BATCH = 100

Erasers = Callable[[UseCaseContext], Sequence[Eraser]]
"""What a service erases besides the records of its ledgers."""


def erasure_feature(owner: str, erasers: Erasers = lambda _: ()) -> Feature:
    """What a service does of erasures: it erases when it hears of one, and daily what it had to keep until then.

    A rebuild erases nothing itself: most of what it reads was erased when it came first. What had not come before is
    erased by the day's schedule.
    """

    def tasks(context: UseCaseContext) -> ErasureTasks:
        return ErasureTasks(context, owner, erasers(context))

    async def ordered(context: ConsumerContext, changes: Sequence[Change[ErasureState]]) -> None:
        for state in (change.new for change in changes if change.new.status in DECIDED):
            if context.rebuilding:
                await tasks(context).remember(state.id, state.persons)
            else:
                await tasks(context).take(state.id, state.persons)

    async def again(context: UseCaseContext) -> None:
        after: UUID | None = None
        while (after := await tasks(context).again(after, BATCH)) is not None:
            pass

    async def restated(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        return await restate(session, owner, after, limit)

    ids = select(ErasureTask.id).where(ErasureTask.version > 0)
    return Feature(
        states={f"{owner}.{ANSWER}": Restatement(restated, ids)},
        routes=(Route("registry.erasure", ordered),),
        schedules=(Schedule("erasures", timedelta(days=1), again),),
    )
