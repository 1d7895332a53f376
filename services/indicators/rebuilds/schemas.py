"""Bodies of rebuilds."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from shared.contracts.catalogue import STATE_TOPICS
from shared.http.schemas import Body, CodeWord, Instant, View
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus


class AnsweredRun(Body):
    """What `POST /<service>/v1/republish` answered."""

    run: int = Field(description="轮次 number of the republish run", examples=[3])
    count: int = Field(ge=0, description="数量 how many aggregates the run announces again", examples=[3000])
    nouns: dict[CodeWord, Annotated[int, Field(ge=0)]] = Field(
        max_length=len(STATE_TOPICS), description="名词 how many of each noun", examples=[{"registry.person": 3000}]
    )
    job: UUID | None = Field(default=None, description="后台任务 the long work's id, see getJob")


class StartRebuild(Body):
    """Runs to wait for: after a broker lost its log, every owner republishes first."""

    runs: tuple[AnsweredRun, ...] = Field(
        default=(), max_length=20, description="轮次 republish runs that have to arrive first"
    )


class DifferenceView(View):
    """What came out otherwise than before."""

    what: str = Field(description="对象 what differs", examples=["figures of POP-RES"])
    before: str = Field(
        description="原值 rows and hash of the live figures", examples=["280 rows, hash 5f0c2a9d1e3b7a44"]
    )
    after: str = Field(
        description="新值 rows and hash of the rebuilt figures", examples=["281 rows, hash 0b7e6c5d4f3a2918"]
    )


class RebuildView(View):
    """A rebuild. `differences` is null until it switched, and empty when everything came out equal."""

    id: UUID = Field(description="重算标识 id of the rebuild")
    number: int = Field(description="序号 number of the rebuild among the jobs", examples=[7])
    status: JobStatus = Field(description="状态 where the long work stands")
    done: int = Field(description="已完成 records read so far")
    total: int | None = Field(description="总数 records in all; null while nobody knows")
    error_code: str | None = Field(description="错误代码 why it failed; null unless it did", examples=["timed_out"])
    differences: list[DifferenceView] | None = Field(
        description="差异 figures that came out otherwise; null before the comparison"
    )
    created_at: Instant | None = Field(description="创建时间 when it was created")
    finished_at: Instant | None = Field(description="结束时间 when it ended")

    @classmethod
    def of(cls, job: Job) -> Self:
        found: Any = job.counts.get("differences")
        return cls(
            id=job.id,
            number=job.number,
            status=job.status,
            done=job.done,
            total=job.total,
            error_code=job.error_code,
            differences=None if found is None else [DifferenceView.model_validate(one) for one in found],
            created_at=job.created_at,
            finished_at=job.finished_at,
        )
