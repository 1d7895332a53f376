"""What operators may ask of every service over HTTP: say everything again, and how long work goes on."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from shared.auth.principal import Principal
from shared.http.errors import problems
from shared.http.idempotency import Idempotent
from shared.http.kit import Access, kit_of
from shared.http.route import ServiceRoute
from shared.http.schemas import Body, Instant, View
from shared.http.security import authorise
from shared.http.transaction import Transaction
from shared.jobs import queue
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.messaging.republish import ask_republish, counts_of

ACCESS: Mapping[str, Access] = {
    "startRepublish": Access("ops.republish", "open"),
    "getJob": Access("ops.jobs", "open"),
    "cancelJob": Access("ops.jobs", "open"),
}

TITLES: Mapping[str, str] = {
    "startRepublish": "重新发布全部状态",
    "getJob": "查询后台任务",
    "cancelJob": "取消后台任务",
}

Authorised = Annotated[Principal, Depends(authorise)]
Noun = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64)]

router = APIRouter(route_class=ServiceRoute, tags=["operations"])


class RepublishRequest(Body):
    """Which nouns to say again; all of the service's where none is named."""

    nouns: tuple[Noun, ...] = Field(default=(), max_length=50)


class RepublishRun(View):
    """A run. Every state it says carries `run` as its revision; `count` aggregates of `nouns` together, or more."""

    run: int
    count: int
    nouns: dict[str, int]
    job: UUID


class JobView(View):
    """Long work as it is now. `total` is null while nobody knows it."""

    id: UUID
    number: int
    kind: str
    status: JobStatus
    cancel_requested: bool
    done: int
    total: int | None
    error_code: str | None
    created_at: Instant | None
    started_at: Instant | None
    finished_at: Instant | None


@router.post(
    "/republish",
    operation_id="startRepublish",
    status_code=202,
    dependencies=[Idempotent],
    responses=problems(409),
)
async def start_republish(
    request: Request, body: RepublishRequest, principal: Authorised, session: Transaction
) -> RepublishRun:
    """Say the states of this service again, paced by the outbox."""
    job = await ask_republish(session, kit_of(request).spec, body.nouns, requested_by=principal.subject)
    counts = counts_of(job)
    return RepublishRun(run=job.number, count=sum(counts.values()), nouns=dict(counts), job=job.id)


@router.get("/jobs/{id}", operation_id="getJob", responses=problems(404))
async def get_job(id: UUID, _: Authorised, session: Transaction) -> JobView:
    """Look at long work."""
    return _view(await queue.find(session, id))


@router.post("/jobs/{id}/cancel", operation_id="cancelJob", responses=problems(404))
async def cancel_job(id: UUID, _: Authorised, session: Transaction) -> JobView:
    """Ask long work to stop; a running one does at its next step."""
    return _view(await queue.cancel(session, id))


def _view(job: Job) -> JobView:
    return JobView.model_validate(job)
