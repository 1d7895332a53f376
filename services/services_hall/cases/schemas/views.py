"""Views of cases (办件)."""

from dataclasses import asdict
from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.services_hall.cases.domain.codes import (
    Centre,
    Consent,
    DeliveryWay,
    MaterialProblem,
    MaterialStatus,
    PartProof,
    PersonPart,
    Recipient,
    Retention,
)
from services.services_hall.cases.domain.lifecycle import CaseAction
from services.services_hall.cases.domain.limits import Remaining
from services.services_hall.cases.domain.materials import status_of
from services.services_hall.cases.models import Case
from services.services_hall.cases.schemas.effects import CaseEffectView
from services.services_hall.cases.service.reads import CaseDetail
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.schemas import Instant, View
from shared.reference.documents import DocumentType


class CaseView(View):
    """A case. `due_on` is the last working day, inclusive; provisional while the calendar's year is not set."""

    id: UUID = Field(description="办件标识 id of the case")
    version: int = Field(description="版本 counts the changes of the case, from 1", examples=[3])
    number: str | None = Field(
        description="办件编号 item code, day and daily serial; null for a draft",
        examples=["VILLAGE-CERT-01202611030001"],
    )
    item_id: UUID = Field(description="事项 id of the item")
    item_version: int = Field(
        description="事项版本 the item's published version that the case is held to", examples=[1]
    )
    category: str = Field(description="事项分类 category of the item", examples=["social_assistance"])
    area: str = Field(description="受理地 area of the counter that holds the case", examples=["450481114201"])
    person_id: UUID | None = Field(description="申请人 id of the applicant in the register")
    status: CaseStatus = Field(description="状态 where the case stands in its lifecycle", examples=["accepted"])
    held_area: str | None = Field(
        description="办理地 area of the place where the file lies; null at its counter", examples=["450481114"]
    )
    held_department: str | None = Field(
        description="办理部门 department that handles it now; null: the item's own", examples=["civil_affairs"]
    )
    held_centre: Centre | None = Field(description="办理中心 which hall of the place", examples=["town_centre"])
    step: int | None = Field(description="环节 step of the item's review, from 1; null before it", examples=[1])
    step_due_on: date | None = Field(description="环节时限 last working day of the step", examples=["2026-11-05"])
    submitted_at: Instant | None = Field(
        description="提交时间 when it was submitted; null for a draft", examples=["2026-11-03T09:00:00+08:00"]
    )
    received_at: Instant | None = Field(
        description="收件时间 when the counter received the papers", examples=["2026-11-03T09:05:00+08:00"]
    )
    notified_at: Instant | None = Field(
        description="一次性告知时间 when it was told, once and in full, what is missing", examples=[None]
    )
    supply_until: date | None = Field(description="补正截止日 last day to supply it", examples=["2026-12-31"])
    supplied_at: Instant | None = Field(description="补齐时间 when all of it was supplied", examples=[None])
    deemed: bool = Field(
        description="视为受理 nobody told in time what is missing: accepted as of its receipt", examples=[False]
    )
    accepted_at: Instant | None = Field(
        description="受理时间 when it was accepted: the statutory clock started", examples=["2026-11-03T09:20:00+08:00"]
    )
    refused_at: Instant | None = Field(description="不予受理时间 when it was refused acceptance", examples=[None])
    decided_at: Instant | None = Field(description="决定时间 when it was decided", examples=[None])
    granted: bool | None = Field(description="准予 whether it was granted; null before the decision", examples=[None])
    closed_at: Instant | None = Field(description="办结时间 when it was closed", examples=[None])
    deliver_by: date | None = Field(
        description="送达时限 last working day to deliver the decision", examples=["2026-11-19"]
    )
    review_until: date | None = Field(
        description="行政复议期限 until when review may be asked for, of what is refused or not granted",
        examples=[None],
    )
    suit_until: date | None = Field(description="行政诉讼期限 until when somebody may sue", examples=[None])
    competent_department: str | None = Field(description="应向其申请的部门 where to apply instead", examples=[None])
    delivered_at: Instant | None = Field(description="送达时间 when the result was delivered", examples=[None])
    withdrawn_at: Instant | None = Field(description="撤回时间 when the applicant took it back", examples=[None])
    expired_at: Instant | None = Field(description="逾期终止时间 when its time ran out", examples=[None])
    archived_at: Instant | None = Field(description="归档时间 when it was archived", examples=[None])
    retention: Retention | None = Field(description="保管期限 how long the file is kept", examples=[None])
    returns: int = Field(description="退回次数 how often a step of the review sent it back", examples=[0])
    deferred: int = Field(description="容缺 materials that are promised and have not come", examples=[0])
    promised_on: date | None = Field(description="承诺补交日 the first day for which one is promised", examples=[None])
    paused_at: Instant | None = Field(description="停钟时间 since when it stands still", examples=[None])
    extended_days: int = Field(description="延期 working days by which the limit was extended", examples=[0])
    promised_days: int = Field(
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)", examples=[5]
    )
    due_on: date | None = Field(
        description="时限 last working day, inclusive; null before acceptance and while it stands still",
        examples=["2026-11-10"],
    )
    due_provisional: bool = Field(
        description="暂定时限 the due date rests on a year whose notice is not out; false once it has ended",
        examples=[False],
    )
    remaining_days: int | None = Field(
        description="剩余工作日 working days left after today, to decide, then to deliver; 0: ends today; below 0: by"
        " how many it is over; null: nothing runs",
        examples=[5],
    )
    step_remaining_days: int | None = Field(
        description="环节剩余工作日 the same of the step of the review", examples=[None]
    )
    overdue: bool = Field(
        description="超期 the limit, the delivery or the step of the review is over", examples=[False]
    )

    @classmethod
    def shown(cls, case: Case, remaining: Remaining) -> "CaseView":
        """A case as it stands today."""
        columns = {name: getattr(case, name) for name in CaseView.model_fields if hasattr(case, name)}
        return CaseView(**columns, **asdict(remaining))


class StepView(View):
    """One step that a case took."""

    version: int = Field(description="版本 version of the case after the step", examples=[2])
    step: CaseAction = Field(description="操作 what was done: code list `case_actions`", examples=["receive"])
    at: Instant = Field(description="时间 when it was taken", examples=["2026-11-03T09:05:00+08:00"])
    actor: str = Field(description="经办人 who took it: the subject of the token", examples=["village-clerk-7"])
    reason: str | None = Field(
        description="理由 why: code of the step's own list, such as `case_refusal_reasons`; null: none given",
        examples=[None],
    )
    due_on: date | None = Field(description="时限 due date from this step on; null: none", examples=["2026-11-10"])
    undoes: int | None = Field(
        description="撤销的版本 of an undo: version of the step that it took back", examples=[None]
    )


class MaterialStanding(View):
    """One material of the item's list, and what is said of it in this case."""

    number: int = Field(description="材料序号 from 1", examples=[1])
    name: str = Field(description="材料名称 name of the document", examples=["居民身份证"])
    required: bool = Field(description="必要 the case cannot be accepted without it")
    deferrable: bool = Field(description="容缺 it may be brought later")
    status: MaterialStatus = Field(description="材料状态 missing, given, faulty or deferred", examples=["given"])
    promised_on: date | None = Field(description="承诺补交日 until when it is brought", examples=[None])


class NoticeView(View):
    """A material that the one notice named."""

    number: int = Field(description="材料序号 from 1", examples=[1])
    problem: MaterialProblem = Field(description="问题 code list `case_material_problems`")


class MarkView(View):
    """What was sent back to be mended."""

    material: int | None = Field(description="材料序号 which material", examples=[1])
    form_entry: str | None = Field(description="表单项 name of the entry of the form", examples=["income"])
    problem: MaterialProblem = Field(description="问题 code list `case_material_problems`")


class PauseView(View):
    """A time that does not count."""

    start: Instant = Field(description="开始时间 since when it stood still")
    end: Instant | None = Field(description="结束时间 until when; null while it does")
    kind: str = Field(
        description="事由 code of `case_special_procedures` or `case_suspension_reasons`", examples=["public_notice"]
    )


class SentView(View):
    """A file on its way."""

    from_area: str = Field(description="移交地 from where", examples=["450481114201"])
    from_department: str = Field(description="移交部门 by which department", examples=["civil_affairs"])
    from_centre: Centre | None = Field(description="移交中心 from which hall")
    area: str = Field(description="接收地 to where", examples=["450481114"])
    department: str = Field(description="接收部门 to which department", examples=["civil_affairs"])
    centre: Centre | None = Field(description="接收中心 to which hall")
    reason: str = Field(description="移交理由 code list `case_hand_over_reasons`", examples=["reported_up"])
    sent_at: Instant = Field(description="移交时间 when it was sent")
    sent_by: str = Field(description="移交人 who sent it", examples=["village-clerk-7"])


class HandOverView(SentView):
    """A file that went from one place to another, or was not taken there."""

    taken_at: Instant = Field(description="签收时间 when it was taken, or declined")
    taken_by: str = Field(description="签收人 who took it, or declined", examples=["town-officer-2"])
    declined: str | None = Field(description="退回理由 code list `case_decline_reasons`; null: taken")


class ConsentView(View):
    """The consent of a department."""

    department: str = Field(description="部门 whose consent was asked", examples=["health"])
    asked_at: Instant = Field(description="征求时间 when it was asked")
    asked_by: str = Field(description="征求人 who asked", examples=["county-officer-1"])
    answered_at: Instant | None = Field(description="答复时间 when it answered")
    answered_by: str | None = Field(description="答复人 who answered")
    agreed: bool | None = Field(description="同意 whether it agrees; null before it answers")
    reason: str | None = Field(description="不同意理由 code list `case_disagreement_reasons`")


class DeliveryView(View):
    """The receipt of a delivery."""

    way: DeliveryWay = Field(description="送达方式 code list `case_delivery_ways`")
    recipient: Recipient = Field(description="签收人 code list `case_recipients`")
    received_on: date = Field(description="签收日 when it was signed for")
    tracking: str | None = Field(description="邮件号 number of the post")


class CaseDetailView(CaseView):
    """A case and all that was done with it."""

    materials: list[MaterialStanding] = Field(description="材料 the item's list, each with its standing")
    notice: list[NoticeView] = Field(description="一次性告知内容 what was told as missing")
    marks: list[MarkView] = Field(description="需修改处 what was sent back to be mended")
    pauses: list[PauseView] = Field(description="停钟 times that do not count, oldest first")
    sent: SentView | None = Field(description="在途移交 to whom it is on its way; null: it is not")
    handovers: list[HandOverView] = Field(description="移交记录 oldest first")
    consents: list[ConsentView] = Field(description="会签 of each department that was asked")
    effect: CaseEffectView | None = Field(
        description="登记事项 what it changes in the register if it is granted; null: nothing"
    )
    delivery: DeliveryView | None = Field(description="送达回证 receipt of the delivery")
    steps: list[StepView] = Field(description="办理过程 every step so far, oldest first")

    @classmethod
    def of(cls, detail: CaseDetail) -> Self:
        case = detail.case
        promised = {one["number"]: one["promised_on"] for one in case.materials}
        return cls(
            **CaseView.shown(case, detail.remaining).model_dump(),
            materials=[
                MaterialStanding(
                    number=number,
                    name=one["name"],
                    required=one["required"],
                    deferrable=one["deferrable"],
                    status=status_of(case.materials, number),
                    promised_on=promised.get(number),
                )
                for number, one in enumerate(detail.content.materials, 1)
            ],
            notice=[NoticeView.model_validate(one) for one in (case.notice or {}).get("materials", ())],
            marks=[MarkView.model_validate(one) for one in case.marks],
            pauses=[PauseView.model_validate(one) for one in case.pauses],
            sent=None if case.sent is None else SentView.model_validate(case.sent),
            handovers=[HandOverView.model_validate(one) for one in case.handovers],
            consents=[ConsentView.model_validate(one) for one in case.consents],
            effect=CaseEffectView.of(detail),
            delivery=None if case.delivery is None else DeliveryView.model_validate(case.delivery),
            steps=[StepView.model_validate(step) for step in detail.steps],
        )


class CasePersonView(View):
    """Somebody in a case; masked unless it is asked for in full."""

    id: UUID | None = Field(description="当事人标识 id in this case; null for the applicant")
    capacity: PersonPart = Field(description="当事人身份 code list `case_person_parts`", examples=["agent"])
    person_id: UUID | None = Field(description="居民 id in the register; null for who was typed")
    proof: PartProof | None = Field(description="代理证明 code list `case_part_proofs`")
    consent: Consent | None = Field(description="同意方式 of the applicant: code list `case_consents`")
    name: str | None = Field(description="姓名 name; null once it was erased", examples=["张*"])
    document_type: DocumentType | None = Field(description="证件类型 type of the document", examples=["citizen_id"])
    document_number: str | None = Field(description="证件号码 number of the document", examples=["450481********019X"])
    phone: str | None = Field(description="电话 where somebody is reached", examples=["138****0000"])


class CasePersons(View):
    """Who stands in a case, the applicant first."""

    items: list[CasePersonView] = Field(description="当事人 the applicant first")


class CaseCount(View):
    """How many cases the list has in all."""

    count: int = Field(description="数量 how many cases the list has in all")
