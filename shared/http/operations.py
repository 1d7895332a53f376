"""What operators may ask of every service over HTTP: say everything again, rotate keys, and how long work goes on."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.catalogue import STATE_TOPICS
from shared.feature import Feature
from shared.http.endpoint import creates, endpoint, reads
from shared.http.kit import kit_of, state_of
from shared.http.progress import Progress
from shared.http.route import ServiceRoute
from shared.http.schemas import Body, Instant, View
from shared.http.security import Authorised
from shared.http.transaction import Transaction
from shared.jobs import queue
from shared.jobs.queue import Job, JobAlreadyOpen
from shared.jobs.tables import JobStatus
from shared.reference.codes import published
from shared.republish import UnknownNoun, ask_republish, told_counts
from shared.rotation.job import ask_rotation, last_rotation

Noun = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64)]

router = APIRouter(route_class=ServiceRoute, tags=["operations"])

JobId = Annotated[UUID, Path(description="后台任务标识 id of the long work")]


class RepublishRequest(Body):
    """Which nouns to announce again; all of the service's if none is named."""

    nouns: tuple[Noun, ...] = Field(
        default=(), max_length=len(STATE_TOPICS), description="名词 nouns to announce again", examples=[[]]
    )


class RepublishRun(View):
    """A republish run. Every state it announces carries `run` as its revision."""

    run: int = Field(description="轮次 number of the republish run", examples=[3])
    count: int = Field(
        description="数量 how many aggregates of published nouns it announces, or more if some are made meanwhile",
        examples=[3000],
    )
    nouns: dict[str, int] = Field(
        description="名词 how many of each published noun; restricted ones are announced and not counted",
        examples=[{"registry.person": 3000}],
    )
    job: UUID = Field(description="后台任务 the long work's id, see getJob")


class JobView(View):
    """Long work as it is now. `total` is null while nobody knows it."""

    id: UUID = Field(description="后台任务标识 id of the job")
    number: int = Field(description="序号 number of the job in its service", examples=[3])
    kind: str = Field(description="任务类别 kind of work: republish, rebuild, …", examples=["republish"])
    status: JobStatus = Field(description="状态 where the job stands in its lifecycle")
    cancel_requested: bool = Field(description="已请求取消 somebody asked it to stop")
    done: int = Field(description="已完成 how many so far")
    total: int | None = Field(description="总数 how many in all; null while nobody knows")
    error_code: str | None = Field(description="错误代码 why it failed; null unless it did", examples=["timed_out"])
    created_at: Instant | None = Field(description="创建时间 when it was created")
    started_at: Instant | None = Field(description="开始时间 when it began")
    finished_at: Instant | None = Field(description="结束时间 when it ended")


class KeyRingView(View):
    """A ring of keys, by their ids."""

    active: str = Field(description="当前密钥 id of the key that is written with", examples=["k2"])
    others: tuple[str, ...] = Field(
        description="其他密钥 ids of keys that are read with until nothing lies under them", examples=[["k1"]]
    )


class KeysView(View):
    """The keys in use, and how far the rotation to them is."""

    field: KeyRingView = Field(description="字段密钥 keys of sealed fields")
    index: KeyRingView = Field(description="索引密钥 keys of blind indexes")
    rotation: JobView | None = Field(
        description="换钥任务 the newest rotation to the active keys; null if there was none. Once it is done nothing"
        " lies under the others"
    )


@router.post(
    "/republish",
    **creates(
        "startRepublish",
        "重新发布全部状态",
        "重新发布本服务的全部状态，按发件箱的节奏进行。",
        permission="ops.republish",
        scope="county",
        refusals=(409,),
        status=202,
        etag=False,
        refuses=(JobAlreadyOpen, UnknownNoun),
    ),
)
async def start_republish(
    request: Request, body: RepublishRequest, principal: Authorised, session: Transaction
) -> RepublishRun:
    """Announce the states of this service again, paced by the outbox."""
    job = await ask_republish(session, kit_of(request).spec, body.nouns, requested_by=principal.subject)
    counts = told_counts(job)
    return RepublishRun(run=job.number, count=sum(counts.values()), nouns=dict(counts), job=job.id)


@router.get(
    "/keys",
    **reads(
        "readKeys",
        "查看密钥轮换",
        "查看本服务所用密钥的编号，以及最近一次换钥任务。不返回密钥本身。",
        permission="ops.keys",
        scope="county",
    ),
)
async def read_keys(request: Request, _: Authorised, session: Transaction) -> KeysView:
    """Ids of the keys in use, and the last rotation to them. Keys themselves are never told."""
    crypto = kit_of(request).crypto
    job = await last_rotation(session, crypto)
    return KeysView(
        field=_ring(crypto.field_keys), index=_ring(crypto.index_keys), rotation=None if job is None else _view(job)
    )


@router.post(
    "/keys/rotation",
    **creates(
        "startKeyRotation",
        "开始换钥",
        "用当前密钥重新加密全部密封数据，并为当前密钥补建盲索引；读写照常进行，可中断续作。",
        permission="ops.rotate_keys",
        scope="county",
        refusals=(409,),
        status=202,
        etag=False,
        refuses=(JobAlreadyOpen,),
    ),
)
async def start_key_rotation(request: Request, principal: Authorised, session: Transaction) -> JobView:
    """Seal everything anew under the active keys and make the blind indexes for them, while all work goes on."""
    return _view(await ask_rotation(session, kit_of(request).crypto, requested_by=principal.subject))


@router.get(
    "/jobs/{id}", **reads("getJob", "查询后台任务", "查看一项后台任务。", permission="ops.jobs", scope="county")
)
async def get_job(id: JobId, _: Authorised, session: Transaction) -> JobView:
    """Look at long work."""
    return _view(await queue.find(session, id))


def streams(given: dict[str, Any]) -> dict[str, Any]:
    """The same endpoint, answering with server-sent events."""
    answer = {"description": "server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}


@router.get(
    "/jobs/{id}/progress",
    **streams(
        reads(
            "followJob",
            "跟踪后台任务",
            "持续跟踪后台任务：有变化时发送 `progress` 事件，结束时发送 `end`。",
            permission="ops.jobs",
            scope="county",
            refusals=(404, 429),
        )
    ),
)
async def follow_job(id: JobId, request: Request, principal: Authorised, session: Transaction) -> Response:
    """Long work as it goes on: an event `progress` whenever it has changed, and `end` when it is over."""
    await queue.find(session, id)

    async def look(again: AsyncSession) -> tuple[JobView, bool]:
        job = await queue.find(again, id)
        return _view(job), job.finished

    return Progress(state_of(request), look)


@router.post(
    "/jobs/{id}/cancel",
    **endpoint(
        "cancelJob",
        "取消后台任务",
        "请求停止后台任务；进行中的任务在下一步停下。",
        permission="ops.cancel_jobs",
        scope="county",
        refusals=(404,),
    ),
)
async def cancel_job(id: JobId, _: Authorised, session: Transaction) -> JobView:
    """Ask long work to stop; a running one does at its next step."""
    return _view(await queue.cancel(session, id))


def _ring(keys: Sequence[str]) -> KeyRingView:
    return KeyRingView(active=keys[0], others=tuple(keys[1:]))


def _view(job: Job) -> JobView:
    return JobView.model_validate(job)


OPERATIONS = Feature(
    router=router,
    tag="operations",
    about="运维：重新发布状态，查看后台任务。 For operators: announce states again, look at long work",
    code_lists=(published("job_statuses", "后台任务状态", JobStatus),),
)
