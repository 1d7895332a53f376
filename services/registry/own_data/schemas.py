"""Bodies of own data (本人信息)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.corrections.domain import CorrectionReason, CorrectionRefusal
from services.registry.corrections.schemas import DifferenceView
from services.registry.corrections.service.reads import ShownCorrection
from services.registry.own_data.domain import LEFT_OUT, CopyRecord, OwnGroup
from services.registry.own_data.service.showing import MadeCopy, OwnData, readable
from services.registry.persons.domain import CorrectedField
from services.registry.persons.schemas.views import PersonView
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.roles import Role
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.http.schemas import Instant, View


class OwnEntryView(View):
    """One dated entry about the person."""

    group: OwnGroup = Field(
        description="类别 household, occupancy, marriage, circumstance, tag, benefit, term, consent or life_event"
    )
    code: str = Field(description="代码 what it is, in its group", examples=["elder_alone"])
    title: str = Field(description="名称 the same in Chinese", examples=["独居老人"])
    began_on: date = Field(description="起始日 first day, or the day of an event")
    ended_on: date | None = Field(description="截止日 first day on which it holds no more; null while it does")
    area: str | None = Field(description="区划代码 where it lies; null if nowhere", examples=["450481100201"])
    details: dict[str, str] = Field(description="内容 what else is kept of it, in Chinese")


class OwnDataView(View):
    """What is kept about the person."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    version: int = Field(description="版本 counts the changes of the person: what a correction is asked for with")
    at: Instant = Field(description="数据时间 when this was read")
    person: PersonView = Field(description="本人 the person in full")
    entries: list[OwnEntryView] = Field(description="登记内容 what else is kept, by group")
    places: dict[str, str] = Field(description="地名 names of the areas by code")
    left_out: str = Field(description="说明 what is never among it", examples=[LEFT_OUT])

    @classmethod
    def of(cls, data: OwnData) -> Self:
        return cls(
            id=data.id,
            version=data.version,
            at=data.at,
            person=PersonView.of(data.person),
            entries=[OwnEntryView.model_validate(one) for one in data.entries],
            places=dict(data.places),
            left_out=LEFT_OUT,
        )


class CopyView(View):
    """That a copy was given."""

    id: UUID = Field(description="副本标识 id of the copy")
    made_at: Instant = Field(description="生成时间 when it was given")
    role: Role | None = Field(description="角色 resident, or the role of who gave it at a counter")
    place: str | None = Field(description="受理地 area of the counter; null if the person took it alone")

    @classmethod
    def of(cls, copy: CopyRecord) -> Self:
        return cls.model_validate(copy)


class MadeCopyView(CopyView):
    """A copy to take away, for programs and for people. It is shown this once."""

    data: OwnDataView = Field(description="数据 what is kept, for programs")
    text: str = Field(
        description="文本 the same for people, to be printed or kept", examples=["个人信息副本\n姓名：李秀英"]
    )

    @classmethod
    def made(cls, made: MadeCopy) -> Self:
        shown = CopyView.of(made.record).model_dump(exclude={"made_at"})
        return cls(**shown, made_at=made.record.made_at, data=OwnDataView.of(made.data), text=readable(made.data))


class OwnAccessView(View):
    """One look at the person, or a change. Not who it was: in which role, where, what for."""

    occurred_at: Instant = Field(description="发生时间 when it was looked at or changed")
    role: Role | None = Field(description="角色 role by which it was allowed; null if it was refused")
    area: str | None = Field(description="区划代码 where: of the person, or of the counter", examples=["450481100201"])
    purpose: Purpose | None = Field(description="用途 purpose that was stated; null if none was asked for")
    action: str = Field(description="操作 what was done: read, search, …", examples=["read"])
    detail: Detail = Field(description="程度 how much was shown: existence, masked, full or write")
    result: Result = Field(description="结果 ok; not_found, if asked from outside; refused, if a change was only tried")


class OwnCorrectionView(View):
    """A correction that was asked for of the person. Not by whom, but whether by the person."""

    id: UUID = Field(description="更正申请标识 id of the request")
    version: int = Field(description="版本 grows with every step")
    status: CorrectionStatus = Field(description="状态 requested, carried_out, refused, withdrawn or lapsed")
    own: bool = Field(description="本人申请 whether this login has asked for it, and may take it back")
    fields: list[CorrectedField] = Field(description="更正项目 fields that it corrects", examples=[["name"]])
    reason: CorrectionReason = Field(description="申请原因 why it is corrected")
    note: str | None = Field(description="说明 in words; null if there is none, or if this login has not written it")
    evidence: list[UUID] = Field(description="证明材料 ids of the files")
    steps: list[CorrectionStep] = Field(description="批准步骤 steps of approval, in order")
    next_step: CorrectionStep | None = Field(description="待办步骤 the step that waits; null once it has ended")
    outdated: bool = Field(description="信息已变化 true if the person has changed since: ask for it anew")
    differences: list[DifferenceView] = Field(description="更正前后 field by field, masked at a counter")
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    due_on: date = Field(description="期限 last day on which it can be approved, by work days")
    decided_at: Instant | None = Field(description="办结时间 when it ended; null while it waits")
    refusal: CorrectionRefusal | None = Field(description="不批准原因 why it was refused; null if it was not")
    answer: str | None = Field(description="答复 in words; null if there is none")

    @classmethod
    def of(cls, shown: ShownCorrection, subject: str) -> Self:
        one = shown.record
        return cls(
            id=one.id,
            version=one.version,
            status=CorrectionStatus(one.status),
            own=one.requested_by == subject,
            fields=[CorrectedField(name) for name in one.fields],
            reason=CorrectionReason(one.reason),
            note=shown.note if one.requested_by == subject else None,
            evidence=list(one.evidence),
            steps=[CorrectionStep(step) for step in one.steps],
            next_step=one.next_step,
            outdated=shown.outdated,
            differences=[DifferenceView.of(each) for each in shown.differences or ()],
            requested_at=one.requested_at,
            due_on=one.due_on,
            decided_at=one.decided_at,
            refusal=CorrectionRefusal(one.refusal) if one.refusal else None,
            answer=shown.answer,
        )
