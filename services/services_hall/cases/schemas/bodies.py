"""Bodies of cases (办件): what is said of a step."""

from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.services_hall.cases.domain.codes import (
    CaseUndoReason,
    Centre,
    DeclineReason,
    DeliveryWay,
    DenialReason,
    DisagreementReason,
    ExtensionReason,
    HandOverReason,
    MaterialProblem,
    MaterialStatus,
    Recipient,
    RefusalReason,
    Retention,
    SpecialProcedure,
    SuspensionReason,
)
from services.services_hall.cases.service.ending import Delivery
from services.services_hall.cases.service.handling import Missing
from services.services_hall.cases.service.reviewing import Mark, Target
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, CodeWord, Day, EachOnce, each_once, without_number

Tracking = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{8,32}$"), AfterValidator(without_number)]
Number = Annotated[int, Field(ge=1, le=50)]


class CheckMaterial(Body):
    """What is said of one material of the item's list."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": 1, "status": "given"}]},
    )

    number: Number = Field(description="材料序号 which material of the item's list, from 1", examples=[1])
    status: MaterialStatus = Field(description="材料状态 code list `case_material_statuses`", examples=["given"])
    promised_on: Day | None = Field(
        default=None, description="承诺补交日 until when a deferred material (容缺) is brought; only and always then"
    )


class MissingMaterial(Body):
    """A material that is missing or faulty."""

    number: Number = Field(description="材料序号 which material of the item's list, from 1", examples=[1])
    problem: MaterialProblem = Field(description="问题 code list `case_material_problems`", examples=["not_submitted"])

    def missing(self) -> Missing:
        return Missing(self.number, self.problem)


def _each_number_once(materials: tuple[MissingMaterial, ...]) -> tuple[MissingMaterial, ...]:
    each_once([one.number for one in materials])
    return materials


class NotifyCase(Body):
    """All that is missing, once, and until when it is supplied."""

    materials: Annotated[tuple[MissingMaterial, ...], AfterValidator(_each_number_once)] = Field(
        min_length=1, max_length=50, description="需补正的材料 every required material that is missing or faulty"
    )
    until: Day = Field(description="补正截止日 last day to supply it, in at most 90 days", examples=["2026-12-31"])


class RefuseCase(Body):
    """Why it is not accepted: a code of `case_refusal_reasons`."""

    reason: RefusalReason = Field(
        description="不予受理理由 why it is not accepted: code list `case_refusal_reasons`",
        examples=["not_in_authority"],
    )
    competent_department: CodeWord | None = Field(
        default=None,
        description="应向其申请的部门 where to apply instead, of the list departments; only for not_in_authority",
        examples=["public_security"],
    )


class MarkBody(Body):
    """What is to be mended: a material by its number, or an entry of the form."""

    material: Number | None = Field(default=None, description="材料序号 which material, from 1")
    form_entry: CodeWord | None = Field(
        default=None, description="表单项 name of the entry of the form", examples=["income"]
    )
    problem: MaterialProblem = Field(description="问题 code list `case_material_problems`", examples=["incomplete"])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.material is None) == (self.form_entry is None):
            raise PydanticCustomError("one_of", "请填写材料序号或表单项其中一项")
        return self

    def mark(self) -> Mark:
        return Mark(self.material, self.form_entry, self.problem)


class SendBackCase(Body):
    """To which earlier step it goes back, and what is to be mended."""

    to_step: Annotated[int, Field(ge=0, le=10)] = Field(
        description="退回到的环节 an earlier step, 0 for the counter", examples=[0]
    )
    marks: tuple[MarkBody, ...] = Field(min_length=1, max_length=50, description="需修改处 what is to be mended")


class Place(Body):
    """Where a file goes."""

    area: AreaCode = Field(description="接收地 area of the same county: 6, 9 or 12 digits", examples=["450481114"])
    department: CodeWord | None = Field(
        default=None, description="接收部门 of the list departments; null: the one that handles it now"
    )
    centre: Centre | None = Field(
        default=None, description="接收中心 which hall of the place: code list `case_centres`", examples=["town_centre"]
    )

    def target(self) -> Target:
        return Target(self.area, self.department, self.centre)


class HandOverCase(Body):
    """Where the file goes, and why."""

    to: Place = Field(description="接收单位 where it goes; it lies here until it is taken there")
    reason: HandOverReason = Field(description="移交理由 code list `case_hand_over_reasons`", examples=["reported_up"])


class DeclineCase(Body):
    """Why a file that was sent is not taken."""

    reason: DeclineReason = Field(
        description="退回移交理由 code list `case_decline_reasons`", examples=["papers_incomplete"]
    )


class AskConsent(Body):
    """The departments whose consent is asked at the same time."""

    departments: Annotated[list[CodeWord], EachOnce] = Field(
        min_length=1,
        max_length=20,
        description="征求意见的部门 of the list departments",
        examples=[["health", "medical_insurance"]],
    )


class AnswerConsent(Body):
    """What a department answers; a disagreement has a reason."""

    department: CodeWord = Field(
        description="答复部门 whose answer it is, of the list departments", examples=["health"]
    )
    agreed: bool = Field(description="同意 whether it agrees", examples=[False])
    reason: DisagreementReason | None = Field(
        default=None,
        description="不同意理由 code list `case_disagreement_reasons`; required then, and only then",
        examples=["conditions_not_met"],
    )


class BeginSpecial(Body):
    """What the time is for that does not count."""

    procedure: SpecialProcedure = Field(
        description="特别程序 code list `case_special_procedures`", examples=["public_notice"]
    )


class SuspendCase(Body):
    """Why it stands still."""

    reason: SuspensionReason = Field(
        description="中止理由 code list `case_suspension_reasons`", examples=["applicant_unable"]
    )


class ExtendCase(Body):
    """By how many working days the limit is extended, and why."""

    days: Annotated[int, Field(ge=1, le=15)] = Field(
        description="延长天数 working days: at most 10, 15 if several departments handle it", examples=[5]
    )
    reason: ExtensionReason = Field(description="延期理由 code list `case_extension_reasons`", examples=["field_check"])


class EnterCaseEffect(Body):
    """Where, and from which day on, the register changes if the case is granted; null: as its item says."""

    area: AreaCode | None = Field(
        default=None,
        description="登记地 village or grid of the county where it is registered",
        examples=["450481114201"],
    )
    starts_on: Day | None = Field(
        default=None, description="起始日 first day, today or before", examples=["2026-11-03"]
    )


class DecideCase(Body):
    """准予 (true, without a reason) or 不予 (false, with one of `case_denial_reasons`)."""

    granted: bool = Field(description="准予 true if it is granted", examples=[False])
    reason: DenialReason | None = Field(
        default=None,
        description="不予许可理由 why it is not granted: code list `case_denial_reasons`; required then, and only then",
        examples=["conditions_not_met"],
    )


class DeliverCase(Body):
    """How the result was delivered, and who signed for it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"way": "counter", "recipient": "applicant", "received_on": "2026-11-05"}]}
    )

    way: DeliveryWay = Field(description="送达方式 code list `case_delivery_ways`", examples=["counter"])
    recipient: Recipient = Field(description="签收人 code list `case_recipients`", examples=["applicant"])
    received_on: Day = Field(description="签收日 when it was signed for", examples=["2026-11-05"])
    tracking: Tracking | None = Field(
        default=None, description="邮件号 number of the post; for a delivery by post, and only then"
    )

    def delivery(self) -> Delivery:
        return Delivery(self.way, self.recipient, self.received_on, self.tracking)


class ArchiveCase(Body):
    """How long the file is kept."""

    retention: Retention = Field(description="保管期限 code list `case_retentions`", examples=["years_10"])


class UndoCase(Body):
    """Why the last step is taken back."""

    reason: CaseUndoReason = Field(description="撤销理由 code list `case_undo_reasons`", examples=["wrong_entry"])
