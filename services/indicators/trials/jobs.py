"""The long work of a trial, in the worker."""

from collections.abc import Sequence

from services.indicators.trials.service import TRIAL, Running
from shared.clock import today
from shared.jobs.context import JobContext, JobKind
from shared.process import Worker


def jobs(worker: Worker) -> Sequence[JobKind]:
    """The long work of this noun."""

    async def try_out(job: JobContext) -> None:
        await Running(job, today(worker.clock)).run()

    return (JobKind(TRIAL, try_out),)
