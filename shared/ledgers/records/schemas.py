"""Bodies of records. What `values` may hold is said by the ledger's definition, and by its own typed document."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.ledger_records import FieldName
from shared.db.compare_and_set import Seen
from shared.errors import DomainError
from shared.http.schemas import Body, Instant, View
from shared.ledgers.records.clock import LimitRun
from shared.ledgers.records.domain import MAX_BULK, BulkAnswer, NewRecord, StepCall
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.reads import ShownRecord

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

Values = Annotated[dict[FieldName, Any], Field(max_length=130)]
"""Values by field in their JSON forms."""

EXAMPLE = {"kind": "neighbours", "found_on": "2026-11-02", "matter": "排水沟走向争议", "mediator": "示例甲"}


MASKED_EXAMPLE = {**EXAMPLE, "matter": "****", "mediator": "示*甲"}


class OpenRecord(Body):
    """A new record."""

    area: AreaCode = Field(
        description="所属区域 area that it lies in, of a level that the ledger names", examples=["450481114201"]
    )
    subject_id: Code | None = Field(
        default=None,
        description="对象 id in the register of what it is about (an area by its code); none if about nothing",
        examples=[None],
    )
    values: Values = Field(description="字段值 by field, in the JSON forms of their types", examples=[EXAMPLE])
    note: FreeText | None = Field(default=None, description="备注 remark in words; encrypted", examples=["群众来访"])

    def content(self) -> NewRecord:
        return NewRecord(area=self.area, values=self.values, subject_id=self.subject_id, note=self.note)


class CorrectRecord(Body):
    """Values to be set right; null empties a field, what is not sent stays."""

    values: Values = Field(
        description="更正内容 by field, at least one",
        examples=[{"risk": "orange"}],
        json_schema_extra={"minProperties": 1},
    )
    note: FreeText | None = Field(
        default=None, description="更正说明 why, in words; encrypted", examples=["登记时选错"]
    )

    @field_validator("values")
    @classmethod
    def _something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not values:
            raise PydanticCustomError("empty_correction", "请至少填写一项要更正的内容")
        return values


class StepRecord(Body):
    """A step of the lifecycle."""

    values: Values = Field(
        default_factory=dict,
        description="填写内容 by field: those that the step fills",
        examples=[{"outcome": "agreed"}],
    )
    reason: FreeText | None = Field(default=None, description="理由 why, in words; encrypted", examples=["双方已签字"])
    area: AreaCode | None = Field(
        default=None, description="移交区域 where the record goes, if the step hands it over", examples=[None]
    )

    def content(self, verb: str) -> StepCall:
        return StepCall(verb, self.values, self.reason, self.area)


class ExtendRecord(Body):
    """One more extension of a limit."""

    limit: FieldName = Field(description="时限 limit of the ledger's clock", examples=["mediation"])
    reason: FreeText = Field(description="理由 why, in words; encrypted", examples=["当事人外出，约定下周再谈"])


class StepOne(Body):
    """One record of many."""

    id: UUID = Field(description="记录标识 id of the record", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"])
    version: int | None = Field(default=None, ge=1, description="版本 that the caller saw; left out: any", examples=[3])
    values: Values = Field(default_factory=dict, description="填写内容 by field", examples=[{"outcome": "agreed"}])
    area: AreaCode | None = Field(
        default=None, description="移交区域 where it goes, if the step hands it over", examples=[None]
    )

    @property
    def expected(self) -> Seen:
        return None if self.version is None else frozenset({self.version})


class StepRecords(Body):
    """The same step for many records."""

    records: list[StepOne] = Field(min_length=1, max_length=MAX_BULK, description="记录 the records, each once")
    reason: FreeText | None = Field(default=None, description="理由 why, for all of them", examples=["集中办结"])


def _anything(schema: dict[str, Any]) -> None:
    """Generators make no class of alternatives of which one is a list: the description says what it may be."""
    schema.pop("anyOf", None)


class SearchRecords(Body):
    """What is looked for in one search field, exactly."""

    field: FieldName = Field(description="字段 search field of the ledger", examples=["mediator"])
    value: bool | int | str | list[str] = Field(
        description="值 exactly: truth, number, text or texts", examples=["示例甲"], json_schema_extra=_anything
    )
    purpose: Purpose = Field(description="用途 kept in the access log", examples=["case_handling"])


class RecordView(View):
    """A record. Personal values are masked; restricted ones are not there."""

    id: UUID = Field(description="记录标识 id of the record", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"])
    ledger: str = Field(description="台账代码 ledger", examples=["disputes"])
    ledger_version: int = Field(description="台账版本 version that it was last taken under", examples=[1])
    version: int = Field(description="版本 counts the changes of this record", examples=[1])
    area: AreaCode = Field(description="所属区域 area that it lies in", examples=["450481114201"])
    department: str | None = Field(description="部门 that answers for it; null: none", examples=["judicial"])
    subject_id: str | None = Field(description="对象 what it is about; null: nothing", examples=[None])
    status: str = Field(description="状态 where it stands", examples=["registered"])
    values: dict[str, Any] = Field(
        description="字段值 by field, those that are filled; personal ones masked", examples=[MASKED_EXAMPLE]
    )
    masked: bool = Field(description="已脱敏 whether personal values are masked", examples=[True])
    opened_at: Instant = Field(description="登记时间", examples=["2026-11-22T09:00:00+08:00"])
    changed_at: Instant = Field(description="变更时间 of the last change", examples=["2026-11-22T09:00:00+08:00"])
    entered: dict[str, Instant] = Field(
        description="进入时间 when it last entered each status",
        examples=[{"registered": "2026-11-22T09:00:00+08:00"}],
    )
    due_at: Instant | None = Field(
        description="办理时限 end of the running limit that is over first, inclusive; null: none is running",
        examples=["2026-12-23T23:59:59+08:00"],
    )

    @classmethod
    def of(cls, shown: ShownRecord) -> "RecordView":
        return cls(**_common(shown))


class LimitView(View):
    """A limit of a record, running or as it ran last."""

    limit: str = Field(description="时限 limit of the ledger's clock", examples=["mediation"])
    started_at: Instant = Field(description="起算时间", examples=["2026-11-23T09:00:00+08:00"])
    due_at: Instant | None = Field(
        description="截止时间 inclusive; null while it stands still", examples=["2026-12-23T23:59:59+08:00"]
    )
    provisional: bool = Field(description="暂定 it rests on a year whose calendar is not published", examples=[False])
    paused: bool = Field(description="中止 it stands still", examples=[False])
    extensions: int = Field(description="延期次数", examples=[0])
    ended_at: Instant | None = Field(description="结束时间 null while it is running", examples=[None])
    warnings: list[str] = Field(description="已发预警 warnings that were fired", examples=[["soon"]])

    @classmethod
    def of(cls, run: LimitRun) -> "LimitView":
        return cls(
            limit=run.limit,
            started_at=run.started_at,
            due_at=run.due_at,
            provisional=run.provisional,
            paused=run.paused,
            extensions=run.extensions,
            ended_at=run.ended_at,
            warnings=list(run.fired),
        )


class RecordDetail(RecordView):
    """A record with its limits, and the steps that the caller may take."""

    steps: list[str] = Field(description="可做的操作 steps that the caller may take now", examples=[["mediate"]])
    limits: list[LimitView] = Field(description="各项时限")

    @classmethod
    def of(cls, shown: ShownRecord) -> "RecordDetail":
        return cls(**_common(shown), steps=list(shown.steps), limits=[LimitView.of(run) for run in shown.limits])


def _common(shown: ShownRecord) -> dict[str, Any]:
    record: LedgerRecord = shown.record
    names = ("id", "ledger", "ledger_version", "version", "area", "department", "subject_id", "status")
    return {
        **{name: getattr(record, name) for name in (*names, "opened_at", "changed_at", "entered", "due_at")},
        "values": shown.values,
        "masked": not shown.full,
    }


class LineView(View):
    """A line of the history."""

    version: int = Field(description="版本 that the record had after it", examples=[2])
    step: str = Field(
        description="操作 open, correct, extend, move, a step of the ledger, or warn and reschedule by the clock",
        examples=["mediate"],
    )
    status: str = Field(description="状态 after it", examples=["mediating"])
    actor: str = Field(description="经办账号 who did it", examples=["f3a1c2d4"])
    at: Instant = Field(description="时间", examples=["2026-11-23T09:00:00+08:00"])
    fields: list[str] = Field(
        description="所填字段 fields that changed; restricted ones only in full, to who may see them",
        examples=[["mediator"]],
    )
    note: str | None = Field(description="说明 in words; masked unless asked for in full", examples=["****"])


class HistoryView(View):
    """The history of a record."""

    items: list[LineView] = Field(description="办理过程 oldest first")
    masked: bool = Field(description="已脱敏 whether its words are masked", examples=[True])


class RecordCountsView(View):
    """How many a list shows."""

    total: int = Field(description="总数 all of them", examples=[11])
    overdue: int = Field(description="超期数 of them with a limit that is over", examples=[1])
    by_status: dict[str, int] = Field(description="按状态", examples=[{"registered": 4, "closed": 7}])


class WrongField(View):
    """A refused field."""

    path: str = Field(description="位置 dotted path", examples=["values.outcome"])
    code: str = Field(description="代码", examples=["missing"])
    message: str = Field(description="说明 Chinese", examples=["必填"])


class SteppedOne(View):
    """What became of one record of many."""

    id: UUID = Field(description="记录标识", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"])
    done: bool = Field(description="已办理 whether the step was taken", examples=[True])
    version: int | None = Field(description="版本 after it; null if it was refused", examples=[4])
    status: str | None = Field(description="状态 after it; null if it was refused", examples=["closed"])
    code: str | None = Field(description="拒绝代码 null if it was taken", examples=[None])
    title: str | None = Field(description="拒绝原因 Chinese; null if it was taken", examples=[None])
    advice: str | None = Field(description="建议 what to do next; null if it was taken", examples=[None])
    errors: list[WrongField] = Field(description="有误的字段", examples=[[]])

    @classmethod
    def of(cls, answer: BulkAnswer) -> "SteppedOne":
        no: DomainError | None = answer.refusal
        return cls(
            id=answer.id,
            done=no is None,
            version=answer.version,
            status=answer.status,
            code=no and no.code,
            title=no and no.title,
            advice=no and no.advice,
            errors=[WrongField(path=one.path, code=one.code, message=one.message) for one in (no.errors if no else ())],
        )


class SteppedView(View):
    """What became of each record, in the order of the request."""

    items: list[SteppedOne] = Field(description="逐条结果")


class DisclosedView(View):
    """What everybody may read of a record."""

    id: UUID = Field(description="记录标识", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"])
    ledger: str = Field(description="台账代码", examples=["disclosures"])
    area: AreaCode = Field(description="所属区域", examples=["450481114201"])
    status: str = Field(description="状态", examples=["published"])
    values: dict[str, Any] = Field(description="公开内容 by field", examples=[{"matter": "finance"}])

    @classmethod
    def of(cls, shown: ShownRecord) -> "DisclosedView":
        record = shown.record
        return cls(id=record.id, ledger=record.ledger, area=record.area, status=record.status, values=shown.values)
