"""Bodies of rebuilds."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code
from shared.http.schemas import Body, Instant, View
from shared.jobs.queue import Job

Count = Annotated[int, Field(ge=0)]


class AnsweredRun(Body):
    """What `POST /<service>/v1/republish` answered."""

    run: int = Field(description="轮次 number of the republish run")
    count: Count = Field(description="数量 how many")
    nouns: Annotated[
        dict[Code, Annotated[int, Field(ge=0)]], Field(max_length=20, examples=[{"registry.person": 3000}])
    ] = Field(description="名词 kinds of aggregates")
    job: UUID | None = Field(default=None, description="后台任务 the long work's id, see getJob")


class StartRebuild(Body):
    """Runs to wait for: after a broker lost its log, every owner republishes first."""

    runs: Annotated[tuple[AnsweredRun, ...], Field(max_length=20)] = Field(
        default=(), description="轮次 republish runs that have to arrive first"
    )


class DifferenceView(View):
    """What came out otherwise than before."""

    what: str = Field(description="对象 what differs", examples=["registry.person"])
    before: str = Field(description="原值 the live figure")
    after: str = Field(description="新值 the rebuilt figure")


class RebuildView(View):
    """A rebuild. `differences` is null until it switched, and empty when everything came out equal."""

    id: UUID = Field(description="标识 identifier")
    number: int = Field(description="号 running number")
    status: str = Field(description="状态 where it stands in its lifecycle", examples=["active"])
    done: int = Field(description="已完成 how many so far")
    total: int | None = Field(description="总数 how many in all; null while nobody knows")
    error_code: str | None = Field(description="错误代码 why it failed; null where it did not", examples=["timed_out"])
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
