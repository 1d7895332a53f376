"""Bodies of retention runs (保存期满清除)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.erasures.domain import ErasureRefusal
from services.registry.retention_runs.domain import DueEntry, OpenMatter, RowOutcome, RunRow, RunStatus
from services.registry.retention_runs.service.due import DueReport
from services.registry.retention_runs.service.runs import ShownRun
from services.registry.retentions.domain import RetentionKind
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.exports.domain import ExportFormat
from shared.http.schemas import Body, Instant, View
from shared.reference.areas import VILLAGE_DIGITS
from shared.spreadsheets.csv_writing import Encoding


class RequestRetentionRun(Body):
    """What is due in an area is to be erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"area": "450481100201", "kind": "moved_out"}]})

    area: AreaCode = Field(
        max_length=VILLAGE_DIGITS, description="区划代码 area of the entries", examples=["450481100201"]
    )
    kind: RetentionKind | None = Field(
        default=None, description="起算事由 only entries that ended so; null: all", examples=["moved_out"]
    )


class BeginRetentionExport(Body):
    """Who is due is taken out as a table. The purpose stands in the table itself."""

    purpose: Purpose = Field(description="用途 recorded and written into the table", examples=["statistics"])
    area: AreaCode = Field(
        max_length=VILLAGE_DIGITS, description="区划代码 area of the entries", examples=["450481100201"]
    )
    kind: RetentionKind | None = Field(
        default=None, description="起算事由 only entries that ended so; null: all", examples=["moved_out"]
    )
    format: ExportFormat = Field(default=ExportFormat.XLSX, description="格式", examples=["xlsx"])
    encoding: Encoding = Field(default=Encoding.UTF_8, description="编码 of .csv", examples=["utf_8"])


class DueCountView(View):
    """How many entries of a kind are due in a village."""

    area: str = Field(description="区划代码 of the village", examples=["450481100201"])
    kind: RetentionKind = Field(description="起算事由 how the entries ended")
    years: int = Field(description="保存年数 by the rule of the day", examples=[5])
    due: int = Field(description="期满人数 of whom the years are over")
    held: int = Field(description="其中有在办事项 of whom something is open: not erased for now")


class DueReportView(View):
    """Dry run: what is due today, by village and rule. Nothing was erased."""

    on: date = Field(description="截面日 day whose rules were taken")
    due: int = Field(description="期满人数 how many in all")
    items: list[DueCountView] = Field(description="分区划、分事由 by village and kind")

    @classmethod
    def of(cls, report: DueReport) -> Self:
        items = [DueCountView.model_validate(one) for one in report.counts]
        return cls(on=report.on, due=sum(one.due for one in items), items=items)


class DueEntryView(View):
    """An entry of which the years are over."""

    person_id: UUID = Field(description="居民标识 id of the person in the register")
    kind: RetentionKind = Field(description="起算事由 how the entry ended")
    area: str = Field(description="区划代码 where the person belonged last", examples=["450481100201"])
    ended_on: date = Field(description="终止日 when the entry ended")
    kept_until: date = Field(description="保存至 first day on which it may be erased")
    held_by: OpenMatter | None = Field(description="在办事项 what is open of it; null: nothing")

    @classmethod
    def of(cls, one: DueEntry) -> Self:
        return cls.model_validate(one)


class DueEntryCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")


class RetentionRunView(View):
    """A run: whose area, who asked, who decided, and what became of its entries."""

    id: UUID = Field(description="批次标识 id of the run")
    version: int = Field(description="版本 grows with every step")
    status: RunStatus = Field(description="状态 requested, ordered, done, stopped, refused or withdrawn")
    area: str = Field(description="区划代码 area of the entries", examples=["450481100201"])
    kind: RetentionKind | None = Field(description="起算事由 null: all")
    requested_by: str = Field(description="申请人 subject of the token", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_by: str | None = Field(description="决定人 subject of the token; null while it waits")
    decided_at: Instant | None = Field(description="决定时间 when it was decided; null while it waits")
    refusal: ErasureRefusal | None = Field(description="不予清除原因 why nothing is erased; null if it is")
    ended_at: Instant | None = Field(description="办结时间 when it was done or stopped; null until then")
    outcomes: dict[str, int] = Field(
        description="结果 how many entries became what; `waiting`: of which nothing was done yet",
        examples=[{"erased": 12, "waiting": 3}],
    )

    @classmethod
    def of(cls, shown: ShownRun) -> Self:
        one = shown.record
        named = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls(outcomes=shown.outcomes, **named)


class RetentionRunRowView(View):
    """An entry of a run, and what became of it."""

    person_id: UUID = Field(description="居民标识 id of the person in the register")
    kind: RetentionKind = Field(description="起算事由 how the entry ended")
    kept_until: date = Field(description="保存至 first day on which it may be erased, as it was when asked for")
    outcome: RowOutcome | None = Field(description="结果 what became of it; null: nothing yet")
    erasure_id: UUID | None = Field(description="清除标识 id of its erasure; null if it was not erased")
    done_at: Instant | None = Field(description="办理时间 when; null: not yet")

    @classmethod
    def of(cls, one: RunRow) -> Self:
        return cls.model_validate(one)
