"""The long work of a rebuild: figures and states once more, in the worker."""

from collections.abc import Sequence

from sqlalchemy import select

from services.indicators.countings.repository import counted_from_the_beginning
from services.indicators.rebuilds.service import REBUILD, TABLES, compare_figures
from shared.jobs.context import JobContext, JobKind
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.states import live_slot
from shared.messaging.rebuild.rebuild import Expected, Rebuild
from shared.process import Worker


def jobs(worker: Worker) -> Sequence[JobKind]:
    """The long work of this service."""

    async def rebuild(job: JobContext) -> None:
        group = worker.settings.group(worker.spec.name)
        projector = Projector(
            worker.database,
            worker.routes,
            owner=worker.spec.name,
            clock=worker.clock,
            crypto=worker.crypto,
            reader=group,
            shadow=True,
        )
        wanted: dict[str, int] = job.params["expected"]

        async def report(done: int, total: int) -> bool:
            async with job.step() as step:
                step.done, step.total = done, total
            return True

        async with job.step() as step:  # a generation that is not read: nobody fills it, and it is emptied at once
            await counted_from_the_beginning(step.session, 1 - (await step.session.scalar(select(live_slot())) or 0))
        rebuilt = await Rebuild(
            worker.bus,
            StateProcessor(projector, prefix=worker.settings.topic_prefix),
            group,
            tables=TABLES,
            compare=compare_figures,
        ).run([Expected((noun,), count) for noun, count in wanted.items()], report)
        async with job.step() as step:
            step.done = step.total = rebuilt.records
            step.counts["differences"] = [
                {"what": one.what, "before": one.before, "after": one.after} for one in rebuilt.differences
            ]

    return (JobKind(REBUILD, rebuild),)
