"""Bodies of erasing in grid (网格个人信息清除)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.grid.grid_erasures.domain import GridHold
from services.grid.retentions.domain import GridRetentionKind
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, View
from shared.reference.areas import VILLAGE_DIGITS
from shared.retentions.run_schemas import RunEntryView, RunView
from shared.retentions.run_service import Report


class RequestGridErasure(Body):
    """What is due in an area is to be erased; or the one entry whose person wishes it, of whatever year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"area": "450481114201", "kind": "report_dismissed"}]})

    area: AreaCode = Field(
        max_length=VILLAGE_DIGITS, description="区划代码 area of the entries", examples=["450481114201"]
    )
    kind: GridRetentionKind | None = Field(
        default=None,
        description="起算事由 only what ended so: code list `grid_retention_kinds`; null: all",
        examples=["report_dismissed"],
    )
    holder: UUID | None = Field(
        default=None,
        description="标识 id of the report, petition, incident or call whose person wishes it; null: what is due",
        examples=[None],
    )


class ErasePublicReport(Body):
    """The progress code, however it is typed."""

    progress_code: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="查询码 as it was shown after reporting", examples=["7K3M-9QTX-2HNB-W6VD"]
    )


class GridErasedView(View):
    """That nothing is kept any more of what was said."""

    erased: bool = Field(description="已清除 always true: words and number are kept no more", examples=[True])


class GridDueCountView(View):
    """How many entries of a kind are due."""

    kind: GridRetentionKind = Field(description="起算事由 how the matter ended")
    years: int = Field(description="保存年数 by the rule of the day", examples=[2])
    due: int = Field(description="期满数 of how many the years are over")
    held: int = Field(description="其中有未了事项 of which something is open: not erased for now")


class GridDueReportView(View):
    """Dry run: what is due today, by kind. Nothing was erased."""

    on: date = Field(description="截面日 day whose rules were taken")
    due: int = Field(description="期满数 how many in all")
    items: list[GridDueCountView] = Field(description="分事由 by kind")

    @classmethod
    def of(cls, report: Report) -> Self:
        items = [GridDueCountView.model_validate(one) for one in report.counts]
        return cls(on=report.on, due=sum(one.due for one in items), items=items)


class GridDueEntryView(View):
    """A report, petition, incident or call of which the years are over."""

    holder: UUID = Field(description="标识 id of the report, petition, incident or call")
    kind: GridRetentionKind = Field(description="起算事由 how it ended")
    area: str = Field(description="所属区域 where it lies, or the area of its office", examples=["450481114201"])
    ended_on: date = Field(description="终止日 when it ended")
    kept_until: date = Field(description="保存至 first day on which it may be erased")
    held_by: GridHold | None = Field(description="未了事项 code list `grid_holds`; null: nothing")


class GridDueCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")


class GridErasureView(RunView):
    """A run over what grid holds."""

    kind: GridRetentionKind | None = Field(description="起算事由 null: all")


class GridErasureEntryView(RunEntryView):
    """An entry of a run, and what became of it."""

    kind: GridRetentionKind = Field(description="起算事由 how it ended")
