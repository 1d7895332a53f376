"""Bodies of trials."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.indicators.definitions.domain import Kind
from services.indicators.definitions.models import DefinitionDraft
from services.indicators.figures.domain import per_cent
from shared.http.schemas import View
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus


class TrialStarted(View):
    """A trial was asked for: `getDefinitionTrial` shows what came of it, `getJob` how far it is."""

    job: UUID = Field(description="后台任务 id of the long work, see getJob")
    status: JobStatus = Field(description="状态 where the long work stands", examples=["queued"])

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(job=job.id, status=job.status)


class TriedFigure(View):
    """A figure of a trial. Figures about people are told roughly, and small ones not at all."""

    value: int | None = Field(description="数值 null for a ratio", examples=[31])
    numerator: int | None = Field(description="分子 of a ratio; else null", examples=[None])
    denominator: int | None = Field(description="分母 of a ratio; else null", examples=[None])
    rate: str | None = Field(
        description='比率 of a ratio, in per cent with two places: "93.72"; null if there is none', examples=[None]
    )
    hidden: bool = Field(description="不予显示 it would speak of single people", examples=[False])

    @classmethod
    def of(cls, kind: Kind, told: dict[str, Any]) -> Self:
        count, base, hidden = told["count"], told["base"], told["hidden"]
        if kind is not Kind.RATIO:
            return cls(value=count, numerator=None, denominator=None, rate=None, hidden=hidden)
        rate = None if count is None else per_cent(count, base)
        return cls(
            value=None, numerator=count, denominator=base, rate=None if rate is None else str(rate), hidden=hidden
        )


class TriedArea(View):
    """An area in which the draft comes to something else than the version in force."""

    area: str = Field(description="区划代码 county, town or village", examples=["450481114"])
    before: TriedFigure | None = Field(description="现值 by the version in force; null for a new indicator")
    after: TriedFigure = Field(description="试算值 by the draft")
    difference: int | None = Field(
        description="差额 of the values or numerators; null if one of them is not known", examples=[-3]
    )

    @classmethod
    def of_told(cls, kind: Kind, told: dict[str, Any]) -> Self:
        before, after = told["before"], told["after"]
        known = before is not None and before["count"] is not None and after["count"] is not None
        return cls(
            area=told["area"],
            before=None if before is None else TriedFigure.of(kind, before),
            after=TriedFigure.of(kind, after),
            difference=after["count"] - before["count"] if known else None,
        )


class TrialView(View):
    """What came of trying a draft out as it stands. All is null before that, and again when the draft is changed."""

    code: str = Field(description="指标代码", examples=["CASE-REFUSED"])
    draft_version: int = Field(description="草稿版本 of the draft", examples=[1])
    as_of: date | None = Field(description="统计日 as of which", examples=["2026-11-28"])
    since: date | None = Field(description="起始日 first day of flows", examples=["2026-01-01"])
    areas: list[TriedArea] | None = Field(
        description="区域 where the draft comes to something else, larger areas first; of a new indicator to anything"
    )

    @classmethod
    def of(cls, draft: DefinitionDraft) -> Self:
        trial = draft.trial
        if trial is None:
            return cls(code=draft.code, draft_version=draft.version, as_of=None, since=None, areas=None)
        kind = Kind(trial["kind"])
        return cls(
            code=draft.code,
            draft_version=draft.version,
            as_of=trial["as_of"],
            since=trial["since"],
            areas=[TriedArea.of_told(kind, one) for one in trial["areas"]],
        )
