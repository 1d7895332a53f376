"""Exports over HTTP: how one is shown, and how what it wrote is handed out."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import Field

from shared.files.repository import Stored
from shared.http.files import download
from shared.http.kit import kit_of
from shared.http.schemas import View
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus

ExportId = Annotated[UUID, Path(description="导出标识 id of the export")]


class ExportView(View):
    """An export as it is now."""

    id: UUID = Field(description="导出标识 id of the export")
    status: JobStatus = Field(
        description="状态 of the work; done: the table may be downloaded for seven days", examples=["done"]
    )
    done: int = Field(description="已写出行数", examples=[100])
    error_code: str | None = Field(description="错误代码 why it failed; null unless it did", examples=[None])

    @classmethod
    def of(cls, job: Job) -> "ExportView":
        """The export that a job writes."""
        return cls(id=job.id, status=job.status, done=job.done, error_code=job.error_code)


async def handed_out(request: Request, found: Stored) -> Response:
    """The table that an export wrote."""
    content = kit_of(request).archive.content(found.id, found.key)
    return await download(content, found.kind.media_type, found.name, size=found.size)
