"""Bodies of moves."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Instant, View
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.ledgers.definitions.schemas import BrokenPlace
from shared.ledgers.moves.service import Unmoved

_ID = "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"


class MoveView(View):
    """A move as it is now."""

    id: UUID = Field(description="迁移标识 id of the move", examples=[_ID])
    status: JobStatus = Field(description="状态 where the work stands", examples=["running"])
    version: int = Field(description="目标版本 version that records are moved to", examples=[2])
    examined: int = Field(description="已处理 records that were looked at", examples=[1500])
    moved: int = Field(description="已迁移 records that are of that version now", examples=[1497])
    left: int = Field(description="未迁移 records that do not fit; see `listUnmovedRecords`", examples=[3])
    total: int | None = Field(description="总数 records there were to be moved; null: not begun", examples=[1500])
    error_code: str | None = Field(description="错误代码 why the work failed; null unless it did", examples=[None])
    created_at: Instant | None = Field(description="创建时间", examples=["2026-11-29T09:00:00+08:00"])
    finished_at: Instant | None = Field(description="结束时间 null until it is over", examples=[None])

    @classmethod
    def of(cls, job: Job) -> Self:
        counts: Any = job.counts
        return cls(
            id=job.id,
            status=job.status,
            version=job.params["version"],
            examined=job.done,
            moved=counts.get("moved", 0),
            left=counts.get("left", 0),
            total=job.total,
            error_code=job.error_code,
            created_at=job.created_at,
            finished_at=job.finished_at,
        )


class UnmovedView(View):
    """A live record that is still under an older version."""

    id: UUID = Field(description="记录标识 id of the record", examples=[_ID])
    ledger_version: int = Field(description="台账版本 under which it stands", examples=[1])
    places: list[BrokenPlace] = Field(
        description="不符之处 why it does not fit; empty: it fits, and was not moved yet or its unique key is taken"
    )

    @classmethod
    def of(cls, one: Unmoved) -> Self:
        places = [BrokenPlace(path=each.path, code=each.code, message=each.message) for each in one.errors]
        return cls(id=one.id, ledger_version=one.ledger_version, places=places)
