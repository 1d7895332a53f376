"""Use cases of exports that every noun has: look at an own one, fetch what it wrote, stop it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes, Detail, Purpose
from shared.auth.kept import holds_today
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.exports.domain import NOUN, ExportNotWritten
from shared.files.archive import Archive
from shared.files.repository import Stored
from shared.jobs import queue
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus


class Exports:
    """Exports of one kind as their requester has them. `of`: parameters by which they are the noun's own."""

    def __init__(
        self, session: AsyncSession, access: AccessNotes, principal: Principal, kind: str, of: Mapping[str, Any]
    ) -> None:
        self._session = session
        self._access = access
        self._principal = principal
        self._kind = kind
        self._of = of

    async def read(self, wanted: UUID) -> Job:
        """An own export. Raises `NotFound`."""
        job = await queue.find(self._session, wanted)
        of = {name: job.params.get(name) for name in self._of}
        if (job.kind, job.requested_by, of) != (self._kind, self._principal.subject, self._of):
            raise NotFound(wanted)
        return job

    async def content(self, archive: Archive, wanted: UUID) -> Stored:
        """The table of an own export; whatever it was written under is judged again by today's grants.

        Raises `NotFound`, `ExportNotWritten`.
        """
        job = await self.read(wanted)
        if job.status is not JobStatus.DONE:
            raise ExportNotWritten(wanted)
        self._access.note(
            self._principal,
            action="read_export",
            noun=NOUN,
            object_id=wanted,
            area=job.params["area"],
            purpose=Purpose(job.params["purpose"]),
            detail=Detail.FULL if job.params["full"] else Detail.MASKED,
        )
        file = await archive.rows(self._session).one(UUID(job.counts["file"]))
        under = job.params.get("judged")
        if file is None or not file.belongs_to(NOUN, wanted) or not under:
            raise NotFound(wanted)
        if not holds_today(self._principal, under):
            raise NotFound(wanted)
        return file

    async def cancel(self, wanted: UUID) -> Job:
        """Stop an own export."""
        await self.read(wanted)
        return await queue.cancel(self._session, wanted)
