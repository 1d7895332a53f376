"""Bodies and views of worklists (工作台)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.domain.limits import Remaining
from services.services_hall.cases.domain.waiting import NO_END
from services.services_hall.cases.schemas.views import CaseView
from services.services_hall.tasks.domain import MOST_AT_ONCE, AbsenceStatus
from services.services_hall.tasks.models import Task
from services.services_hall.tasks.service.batches import Completed, Wished
from services.services_hall.tasks.service.searching import FoundCase, Sought
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.schemas import Body, Day, Instant, View, each_once, without_number
from shared.reference.documents import DocumentType

Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@:-]{1,128}$"), AfterValidator(without_number)]
"""The subject of an officer's token, as the issuer writes it; never a number of a person."""


class AssignTask(Body):
    """Who works on it from now on."""

    officer: Subject = Field(
        description="经办人 subject of an officer who has signed on at a post that may take it", examples=["clerk-7"]
    )


class RecordAbsence(Body):
    """Who is away, from when until when, and who stands in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"officer": "clerk-7", "substitute": "clerk-8", "from_on": "2099-01-04", "until_on": "2099-01-08"}
            ]
        }
    )

    officer: Subject = Field(description="离岗人 subject of the officer who is away", examples=["clerk-7"])
    substitute: Subject = Field(description="代班人 subject of who stands in", examples=["clerk-8"])
    from_on: Day = Field(description="开始日 first day, today or later", examples=["2099-01-04"])
    until_on: Day = Field(description="结束日 last day, inclusive", examples=["2099-01-08"])


class SoughtDocument(Body):
    """The applicant's document, as it was shown. It is not stored."""

    document_type: DocumentType = Field(description="证件类型 type of the document", examples=["citizen_id"])
    document_number: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="证件号码 number of the document, however it is written", examples=["45048119900307019X"]
    )


class SearchCases(Body):
    """What is looked for, and what for. Every field that is given must match."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "document": {"document_type": "citizen_id", "document_number": "45048119900307019X"},
                    "purpose": "case_handling",
                }
            ]
        }
    )

    purpose: Purpose = Field(description="用途 what the search is for; it is recorded", examples=["case_handling"])
    area: AreaCode | None = Field(default=None, description="区划代码 only counters in this area", examples=["450481"])
    number: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None, description="办件编号 number of the case", examples=["VILLAGE-CERT-01202611030001"]
    )
    document: SoughtDocument | None = Field(default=None, description="申请人证件 document of the applicant")
    person_id: UUID | None = Field(default=None, description="居民 id of somebody in the case, in the register")
    item_id: UUID | None = Field(default=None, description="事项 id of the item")
    status: CaseStatus | None = Field(default=None, description="状态 where the case stands", examples=["accepted"])
    due_from: Day | None = Field(default=None, description="到期日起 a limit ends on this day or later")
    due_to: Day | None = Field(default=None, description="到期日止 a limit ends on this day or earlier")

    def sought(self) -> Sought:
        shown = None if self.document is None else (self.document.document_type, self.document.document_number)
        return Sought(self.number, shown, self.person_id, self.item_id, self.status, self.due_from, self.due_to)


class CaseOfBatch(Body):
    """A case of a batch."""

    id: UUID = Field(description="办件标识 id of the case")
    version: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="所见版本 as the caller saw it; null: any", examples=[1]
    )

    def wished(self) -> Wished:
        return Wished(self.id, self.version)


def _each_case_once(cases: tuple[CaseOfBatch, ...]) -> tuple[CaseOfBatch, ...]:
    each_once([one.id for one in cases])
    return cases


class CompleteCases(Body):
    """即办件 that are granted and closed together, each with an answer of its own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cases": [{"id": "0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"}]}]}
    )

    cases: Annotated[tuple[CaseOfBatch, ...], AfterValidator(_each_case_once)] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="办件 the cases, each once"
    )


class TaskView(View):
    """A task: a case that waits at an office for a post."""

    id: UUID = Field(description="待办标识 id of the task")
    version: int = Field(description="版本 counts the changes of the task, from 1", examples=[1])
    case_id: UUID = Field(description="办件标识 id of the case")
    number: str | None = Field(description="办件编号 null for a draft", examples=["VILLAGE-CERT-01202611030001"])
    item_id: UUID = Field(description="事项 id of the item")
    status: CaseStatus = Field(description="状态 where the case stands", examples=["received"])
    kind: Desk = Field(description="待办类型 held, arriving or asked: code list `case_desks`", examples=["held"])
    post: CasePost = Field(description="岗位 whose turn it is: code list `case_posts`", examples=["window"])
    area: str = Field(description="办理地 area of the office", examples=["450481114201"])
    department: str = Field(description="办理部门 department of the office", examples=["civil_affairs"])
    ends_on: date | None = Field(
        description="到期日 last day of what runs first: limit, step, notice, papers, delivery; null: nothing does",
        examples=["2026-11-10"],
    )
    overdue: bool = Field(description="超期 that day is over", examples=[False])
    waits_since: Instant | None = Field(description="等待自 since when it waits there for this post")
    assigned_to: str | None = Field(description="经办人 who works on it; null: whoever takes it", examples=["clerk-7"])
    assigned_by: str | None = Field(description="分派人 who gave it; the same if it was claimed", examples=["clerk-7"])
    assigned_at: Instant | None = Field(description="认领时间 since when")
    stands_in: bool = Field(description="代班 it was handed over by an absence", examples=[False])

    @classmethod
    def of(cls, task: Task, today: date) -> Self:
        desk, case = task.desk, task.case
        names = ("id", "version", "case_id", "kind", "post", "area", "department", "waits_since")
        return cls(
            **{name: getattr(desk, name) for name in (*names, "assigned_to", "assigned_by", "assigned_at")},
            number=case.number,
            item_id=case.item_id,
            status=CaseStatus(case.status),
            ends_on=None if desk.ends_on == NO_END else desk.ends_on,
            overdue=desk.ends_on < today,
            stands_in=desk.stands_in is not None,
        )


class TaskCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")


class TaskPoolView(View):
    """A pool: what waits at offices of a level, for a department and a post."""

    level: int = Field(description="层级 digits of the office's area: 6 county, 9 town, 12 village", examples=[12])
    department: str = Field(description="部门 department of the office", examples=["civil_affairs"])
    post: CasePost = Field(description="岗位 whose turn it is: code list `case_posts`", examples=["window"])
    total: int = Field(description="数量 how many wait", examples=[3])
    free: int = Field(description="待认领 on how many nobody works", examples=[2])
    mine: int = Field(description="我的 on how many the caller works", examples=[1])
    overdue: int = Field(description="超期 of how many a day is over", examples=[0])


class TaskPoolsView(View):
    """Every pool in which something waits."""

    items: list[TaskPoolView] = Field(description="待办池 by level, department and post")


class OfficerPostView(View):
    """A post at which an officer signed on."""

    officer: str = Field(description="人员 subject of the token", examples=["clerk-7"])
    role: str = Field(description="岗位角色 role of the grant", examples=["village_clerk"])
    area: str = Field(description="区划代码 area of the grant", examples=["450481114201"])
    department: str | None = Field(description="部门 department of the grant; null: none in particular")
    signed_on_at: Instant = Field(description="签到时间 when; it holds for thirty days")


class OfficerPostsView(View):
    """Posts at which officers signed on."""

    items: list[OfficerPostView] = Field(description="在岗 by officer and area")


class AbsenceView(View):
    """An absence."""

    id: UUID = Field(description="离岗标识 id of the absence")
    version: int = Field(description="版本 grows with every step", examples=[1])
    status: AbsenceStatus = Field(description="状态 code list `absence_statuses`", examples=["planned"])
    officer: str = Field(description="离岗人 who is away", examples=["clerk-7"])
    substitute: str = Field(description="代班人 who stands in", examples=["clerk-8"])
    from_on: date = Field(description="开始日 first day")
    until_on: date = Field(description="结束日 last day, inclusive")
    set_by: str = Field(description="登记人 who entered it", examples=["clerk-7"])
    set_at: Instant = Field(description="登记时间 when it was entered")
    ended_by: str | None = Field(description="结束人 who ended or withdrew it; null: nobody has")
    ended_at: Instant | None = Field(description="结束时间 when; null: it has not ended")


class AbsencesView(View):
    """Absences that are planned or have begun."""

    items: list[AbsenceView] = Field(description="离岗安排 by first day")


class FoundCaseView(CaseView):
    """A case that was found, its applicant masked."""

    applicant_name: str | None = Field(description="申请人姓名 masked; null once it was erased", examples=["张*"])
    applicant_number: str | None = Field(
        description="申请人证件号码 masked; null once it was erased", examples=["450481********019X"]
    )

    @classmethod
    def found(cls, one: FoundCase, remaining: Remaining) -> Self:
        shown = CaseView.shown(one.case, remaining).model_dump()
        return cls(**shown, applicant_name=one.name, applicant_number=one.document_number)


class CompletedCaseView(View):
    """What became of a case of a batch."""

    id: UUID = Field(description="办件标识 id of the case")
    completed: bool = Field(description="已办结 whether it was granted and closed", examples=[True])
    status: CaseStatus | None = Field(description="状态 where it stands now; null if it was refused")
    version: int | None = Field(description="版本 of the case now; null if it was refused")
    code: str | None = Field(description="拒绝代码 why it was refused; null if it was completed")
    title: str | None = Field(description="拒绝原因 the same in Chinese; null if it was completed")
    advice: str | None = Field(description="处理建议 what to do; null if it was completed")

    @classmethod
    def of(cls, one: Completed) -> Self:
        refused = one.refusal
        return cls(
            id=one.id,
            completed=refused is None,
            status=None if one.case is None else CaseStatus(one.case.status),
            version=None if one.case is None else one.case.version,
            code=refused and refused.code,
            title=refused and refused.title,
            advice=refused and refused.advice,
        )


class CompletedCasesView(View):
    """An answer for each case, in the order in which they were named."""

    items: list[CompletedCaseView] = Field(description="结果 one for each case")
