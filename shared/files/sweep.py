"""Periodic duty of every worker: remove files that are kept no longer, contents first."""

from datetime import timedelta

from shared.files.archive import Archive
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


def file_sweep(archive: Archive) -> Schedule:
    """The schedule; it goes on as long as something is removed."""

    async def run(context: UseCaseContext) -> bool:
        return await archive.sweep(context.session) > 0

    return Schedule("files_sweep", timedelta(minutes=10), run)
