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

    run: int
    count: Count
    nouns: Annotated[
        dict[Code, Annotated[int, Field(ge=0)]], Field(max_length=20, examples=[{"registry.person": 3000}])
    ]
    job: UUID | None = None


class StartRebuild(Body):
    """Runs to wait for: after a broker lost its log, every owner republishes first."""

    runs: Annotated[tuple[AnsweredRun, ...], Field(max_length=20)] = ()


class DifferenceView(View):
    """What came out otherwise than before."""

    what: str
    before: str
    after: str


class RebuildView(View):
    """A rebuild. `differences` is null until it switched, and empty when everything came out equal."""

    id: UUID
    number: int
    status: str
    done: int
    total: int | None
    error_code: str | None
    differences: list[DifferenceView] | None
    created_at: Instant | None
    finished_at: Instant | None

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
