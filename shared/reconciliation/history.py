"""Nouns of which a reader has lost what was told: their log was cut before it was read. Their owners say all again."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.catalogue import counted_as
from shared.contracts.checksums import BUCKETS
from shared.db.engine import Database
from shared.db.raw import raw_connection
from shared.diagnostics import Diagnosis, Diagnostics
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.cuts import Cut, of_states
from shared.messaging.reading.progress import PROGRESS
from shared.observability import metrics
from shared.reconciliation.service import Comparison
from shared.reconciliation.tables import ChecksumQuestion

PART = "history"
TOPIC_PREFIX = "XIANGLI_TOPIC_PREFIX"


class History:
    """Whether a service has all that was told of the nouns that it follows, as far as it knows.

    A log that was cut below its position is noticed when it is read. Then the owner is asked to announce the whole noun
    again, as reconciliation does for buckets that differ, and the noun is incomplete until that has come.
    """

    def __init__(
        self,
        database: Database,
        service: str,
        reader: str,
        context_of: Callable[[AsyncSession], UseCaseContext],
        diagnostics: Diagnostics,
    ) -> None:
        self._database = database
        self._context_of = context_of
        self._service = service
        self._reader = reader
        self._diagnostics = diagnostics

    async def was_cut(self, cuts: Sequence[Cut], cluster_id: str) -> None:
        """Ask for all of what was cut, and note where reading goes on: the same cut is told once."""
        async with self._database.session() as session:
            context = self._context_of(session)
            await Comparison(context, self._service).ask_for_all(of_states(cuts))
            raw = await raw_connection(session)
            await raw.execute(
                PROGRESS,
                self._reader,
                cluster_id,
                context.clock.now(),
                [one.topic for one in cuts],
                [one.partition for one in cuts],
                [one.noun for one in cuts],
                [one.begin for one in cuts],
                [one.begin for one in cuts],
                [None for _ in cuts],
            )
            await session.commit()

    async def whole(self) -> bool:
        """Whether nothing is missing; what is stands in the diagnostics and in the metric."""
        async with self._database.session() as session:
            nouns = await incomplete(session)
        metrics.NOUNS_INCOMPLETE.set(len(nouns))
        self._diagnostics.report(PART, _diagnosis(nouns))
        return not nouns


async def incomplete(session: AsyncSession) -> Collection[str]:
    """Nouns of which everything was asked for and has not been compared yet."""
    open_ = select(ChecksumQuestion.noun).where(
        ChecksumQuestion.answered_at.is_(None), func.cardinality(ChecksumQuestion.buckets) == BUCKETS
    )
    return (await session.scalars(open_.order_by(ChecksumQuestion.noun))).all()


def _diagnosis(nouns: Collection[str]) -> Diagnosis | None:
    if not nouns:
        return None
    named = ", ".join(sorted({counted_as(noun) for noun in nouns}))
    return Diagnosis(
        TOPIC_PREFIX,
        f"records of {named} were deleted before they were read; their owner has been asked to announce all of them"
        " again: its worker must run",
    )
