"""Bodies of petitions (信访)."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.grid.petitions.domain.codes import (
    PetitionForm,
    PetitionMatter,
    PetitionOutcome,
    PetitionRefusal,
    PetitionStep,
    PetitionWithdrawal,
    ReviewResult,
)
from services.grid.petitions.service.reads import PetitionRecord
from services.grid.petitions.service.registering import NewPetition
from services.grid.receptions.schemas import PersonName
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.petitions import PetitionStatus
from shared.http.schemas import Body, CodeWord, Day, Instant, View
from shared.reference.phones import MAX_PHONE, MESSAGE, clean_phone

Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _phone(text: str) -> str:
    phone = clean_phone(text)
    if phone is None:
        raise PydanticCustomError("phone", MESSAGE)
    return phone


class RegisterPetition(Body):
    """Who petitions for what, and which office is to answer. Name, phone, address and words are encrypted."""

    area: AreaCode = Field(
        description="所属区域 village (12 digits), town (9) or county (6) that it is about", examples=["450481114201"]
    )
    office_digits: Literal[6, 9] = Field(
        default=9, description="承办层级 digits of the office that answers: 9 town, 6 county", examples=[9]
    )
    form: PetitionForm = Field(description="信访形式 code list `petition_forms`", examples=["visit"])
    matter: PetitionMatter = Field(description="信访事项类别 code list `petition_matters`", examples=["land"])
    people: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=1, description="涉及人数 how many people it is of", examples=[1]
    )
    registered_on: Day = Field(description="收到日 day on which it was received", examples=["2026-03-02"])
    name: PersonName = Field(description="信访人姓名 who petitions", examples=["示例甲"])
    phone: Annotated[str, StringConstraints(max_length=MAX_PHONE), AfterValidator(_phone)] | None = Field(
        default=None, description="信访人电话 null if none was given", examples=["13000000000"]
    )
    address: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(
        default=None, description="信访人住址 in words", examples=["示例街 1 号"]
    )
    claim: Words = Field(description="诉求内容 what is petitioned for, in words", examples=["请求核查承包地四至"])
    reception_id: UUID | None = Field(
        default=None,
        description="接访场次 id of the reception at which it was brought; only with that form",
        examples=[None],
    )
    person_id: UUID | None = Field(
        default=None,
        description="底册标识 under which the register knows who petitions: an erasure there reaches the petition",
        examples=[None],
    )

    def content(self) -> NewPetition:
        named = {name: getattr(self, name) for name in type(self).model_fields if name != "office_digits"}
        return NewPetition(level=self.office_digits, **named)


class RemarkPetition(Body):
    """A step with a remark."""

    note: Words | None = Field(default=None, description="备注 in words; encrypted", examples=["材料齐全"])


class RefusePetition(RemarkPetition):
    """Why it is not accepted, or passed on; `other` needs a remark."""

    reason: PetitionRefusal = Field(description="理由 code list `petition_refusals`", examples=["other_authority"])


class WithdrawPetition(RemarkPetition):
    """Why it ends without an answer."""

    reason: PetitionWithdrawal = Field(
        description="撤回理由 code list `petition_withdrawals`", examples=["by_petitioner"]
    )


class AssignPetition(RemarkPetition):
    """The department that is to answer."""

    department: CodeWord = Field(description="承办部门 of the list departments", examples=["natural_resources"])


class ExtendPetition(Body):
    """Until when, and why, as the petitioner is told."""

    until: Day = Field(description="延长后的期限 at most 30 days after the limit", examples=["2026-06-03"])
    note: Words = Field(description="延期理由 in words; encrypted", examples=["须实地勘测"])


class AnswerPetition(Body):
    """What the answer says, and when it was delivered."""

    outcome: PetitionOutcome = Field(description="处理意见 code list `petition_outcomes`", examples=["supported"])
    told_on: Day = Field(description="送达日 day on which it was delivered", examples=["2026-04-20"])
    note: Words = Field(description="答复内容 in words; encrypted", examples=["经核查，请求有据，已更正登记"])


class AskPetitionReview(RemarkPetition):
    """When the petitioner asked for a review."""

    asked_on: Day = Field(description="申请日 within 30 days after the delivery", examples=["2026-05-06"])


class ReviewPetition(Body):
    """What the review says, and when it was delivered."""

    opinion: ReviewResult = Field(description="复查、复核意见 code list `petition_review_results`", examples=["upheld"])
    told_on: Day = Field(description="送达日 day on which it was delivered", examples=["2026-06-01"])
    note: Words = Field(description="意见内容 in words; encrypted", examples=["原答复事实清楚，予以维持"])


class PetitionView(View):
    """A petition without its words."""

    id: UUID = Field(description="信访标识 id of the petition", examples=["0197d0c0-b701-7c02-8d03-0e04f05a0b51"])
    version: int = Field(description="版本 counts the changes of the petition, from 1", examples=[1])
    area: AreaCode = Field(description="所属区域 that it is about", examples=["450481114201"])
    level: int = Field(description="承办层级 digits of the office that answers", examples=[9])
    office: AreaCode = Field(description="承办区域 area whose office answers", examples=["450481114"])
    form: PetitionForm = Field(description="信访形式 code list `petition_forms`", examples=["visit"])
    matter: PetitionMatter = Field(description="信访事项类别 code list `petition_matters`", examples=["land"])
    people: int = Field(description="涉及人数 how many people it is of", examples=[1])
    reception_id: UUID | None = Field(description="接访场次 id of the reception; null for other forms", examples=[None])
    status: PetitionStatus = Field(description="状态 code list `petition_statuses`", examples=["registered"])
    department: str | None = Field(description="承办部门 whom it is assigned to; null before", examples=[None])
    registered_on: date = Field(description="收到日 day on which it was received", examples=["2026-03-02"])
    act_by: date | None = Field(
        description="当前期限 the law's last day for the next thing: acceptance, answer, review; of what is answered "
        "or reviewed, the petitioner's last day to ask for the next review; null once it has ended",
        examples=["2026-03-17"],
    )
    accepted_on: date | None = Field(description="受理日 null before", examples=[None])
    answer_by: date | None = Field(description="办结期限 null before acceptance", examples=[None])
    extended: bool = Field(description="延期 the limit was extended", examples=[False])
    answered_on: date | None = Field(description="答复日 null before", examples=[None])
    told_on: date | None = Field(
        description="送达日 of the answer or the review after it; null before", examples=[None]
    )
    outcome: PetitionOutcome | None = Field(description="处理意见 null before", examples=[None])
    review_asked_on: date | None = Field(description="申请复查日 null if nobody asked", examples=[None])
    reviewed_on: date | None = Field(description="复查日 null before", examples=[None])
    review_result: ReviewResult | None = Field(description="复查意见 null before", examples=[None])
    final_asked_on: date | None = Field(description="申请复核日 null if nobody asked", examples=[None])
    final_on: date | None = Field(description="复核日 null before", examples=[None])
    final_result: ReviewResult | None = Field(description="复核意见 null before", examples=[None])
    reopenings: int = Field(description="重新办理次数 how often a review had it answered anew", examples=[0])


class PetitionLineView(View):
    """A line of the history."""

    version: int = Field(description="版本 version of the petition after the step", examples=[2])
    step: PetitionStep = Field(description="环节 code list `petition_steps`", examples=["accept"])
    actor: str | None = Field(description="经办人 who did it; null for a change of areas", examples=["town-officer-1"])
    at: Instant = Field(description="办理时间 when it was entered", examples=["2026-03-05T09:00:00+08:00"])
    reason: str | None = Field(description="理由或结果 code of the step's list; null if it has none", examples=[None])
    note: str | None = Field(description="备注 in words; null if there is none", examples=["材料齐全"])


class PetitionDetail(View):
    """A petition with its words and its history, oldest step first."""

    petition: PetitionView = Field(description="信访事项 the petition")
    person_id: UUID | None = Field(description="底册标识 of who petitions; null if it was not named", examples=[None])
    name: str | None = Field(description="信访人姓名 who petitions; null once it is erased", examples=["示*甲"])
    phone: str | None = Field(description="信访人电话 null if none was given", examples=["130****0000"])
    address: str | None = Field(description="信访人住址 null if none was given", examples=["****"])
    claim: str | None = Field(
        description="诉求内容 what is petitioned for; null once it is erased", examples=["请求核查承包地四至"]
    )
    masked: bool = Field(description="脱敏 whether name, phone and address are masked", examples=[True])
    steps: list[PetitionLineView] = Field(description="办理过程 the history")

    @classmethod
    def of(cls, record: PetitionRecord) -> Self:
        return cls.model_validate(record)


class PetitionCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
