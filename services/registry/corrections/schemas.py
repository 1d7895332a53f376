"""Bodies of requests for corrections (更正申请)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.registry.corrections.domain import CorrectionReason, CorrectionRefusal
from services.registry.corrections.service.reads import ShownCorrection
from services.registry.corrections.service.values import Difference
from services.registry.persons.domain import CorrectedField
from services.registry.persons.schemas import CorrectPerson, NameView
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.http.schemas import Body, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class RequestCorrection(Body):
    """A correction that others are to approve."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"changes": {"name": "李秀瑛"}, "reason": "entry_error"}]}
    )

    changes: CorrectPerson = Field(description="更正内容 fields as they should be")
    reason: CorrectionReason = Field(description="申请原因 why it is corrected", examples=["entry_error"])
    note: FreeText | None = Field(
        default=None, description="说明 in words; kept encrypted", examples=["与户口簿不一致"]
    )
    evidence: list[UUID] = Field(
        default_factory=list, max_length=5, description="证明材料 ids of uploaded files: images, PDF or OFD"
    )


class ApproveCorrection(Body):
    """The step that waits is approved."""

    step: CorrectionStep = Field(
        description="办理步骤 the step that is approved: the one that waits, and no other", examples=["check"]
    )


class RefuseCorrection(Body):
    """It is not approved."""

    step: CorrectionStep = Field(description="办理步骤 the step at which it is refused", examples=["check"])
    reason: CorrectionRefusal = Field(description="不批准原因 why not", examples=["evidence_missing"])
    note: FreeText | None = Field(
        default=None, description="答复 in words; kept encrypted", examples=["请补交户口簿复印件"]
    )


class CorrectionCount(View):
    """Length of the list of requests."""

    count: int = Field(description="数量 requests that the list has in all")


class DifferenceView(View):
    """What stands before and after a correction in one field."""

    field: CorrectedField = Field(description="更正项目 the field", examples=["name"])
    part: str | None = Field(
        description="部分 type, number, reason or due_on, in fields that have parts; else null", examples=["number"]
    )
    before: str | None = Field(description="更正前 masked unless asked for in full; null if empty", examples=["李*英"])
    after: str | None = Field(description="更正后 masked unless asked for in full; null if removed", examples=["李*瑛"])

    @classmethod
    def of(cls, one: Difference) -> Self:
        return cls(field=one.field, part=one.part, before=one.before, after=one.after)


class ApprovalView(View):
    """A step that was approved."""

    step: CorrectionStep = Field(description="办理步骤 the step")
    by: str = Field(description="办理人 subject of the token that approved it", examples=["officer-3"])
    at: Instant = Field(description="办理时间 when it was approved")


class CorrectionView(View):
    """A request for a correction. Lists show no values and no texts."""

    id: UUID = Field(description="更正申请标识 id of the request")
    version: int = Field(description="版本 grows with every step")
    status: CorrectionStatus = Field(description="状态 requested, carried_out, refused, withdrawn or lapsed")
    person: NameView = Field(description="居民 whom it concerns, masked unless asked for in full")
    fields: list[CorrectedField] = Field(description="更正项目 fields that it corrects", examples=[["name"]])
    reason: CorrectionReason = Field(description="申请原因 why it is corrected")
    note: str | None = Field(description="说明 in words; null in lists")
    evidence: list[UUID] = Field(description="证明材料 ids of the files")
    steps: list[CorrectionStep] = Field(description="批准步骤 steps of approval, in order")
    next_step: CorrectionStep | None = Field(description="待办步骤 the step that waits; null once it has ended")
    approvals: list[ApprovalView] = Field(description="已批准 steps that are approved, in order")
    outdated: bool = Field(
        description="信息已变化 true if the person has changed since: it cannot be approved any more"
    )
    differences: list[DifferenceView] | None = Field(description="更正前后 field by field; null in lists")
    requested_by: str = Field(description="申请人 subject of the token that asked for it", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    due_on: date = Field(description="期限 last day on which it can be approved, by work days")
    decided_by: str | None = Field(
        description="办结人 subject of the token that ended it; null while it waits, and if it has lapsed"
    )
    decided_at: Instant | None = Field(description="办结时间 when it ended; null while it waits")
    refusal: CorrectionRefusal | None = Field(description="不批准原因 why it was refused; null if it was not")
    answer: str | None = Field(description="答复 in words; null in lists")

    @classmethod
    def of(cls, shown: ShownCorrection) -> Self:
        one, person = shown.record, shown.person
        assert person is not None, "what is shown is shown with its person"
        approved = zip(one.steps, one.approved_by, one.approved_at, strict=False)
        differences = None if shown.differences is None else [DifferenceView.of(each) for each in shown.differences]
        return cls(
            id=one.id,
            version=one.version,
            status=CorrectionStatus(one.status),
            person=NameView.of(person),
            fields=[CorrectedField(name) for name in one.fields],
            reason=CorrectionReason(one.reason),
            note=shown.note,
            evidence=list(one.evidence),
            steps=[CorrectionStep(step) for step in one.steps],
            next_step=one.next_step,
            approvals=[ApprovalView(step=CorrectionStep(step), by=by, at=at) for step, by, at in approved],
            outdated=shown.outdated,
            differences=differences,
            requested_by=one.requested_by,
            requested_at=one.requested_at,
            due_on=one.due_on,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            refusal=CorrectionRefusal(one.refusal) if one.refusal else None,
            answer=shown.answer,
        )
