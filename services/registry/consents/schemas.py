"""Bodies of consents (个人信息处理同意)."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.circumstances.schemas import OpenDay
from services.registry.consents.domain import (
    PURPOSES,
    ConsentFields,
    ConsentReason,
    ConsentRecord,
    ConsentStep,
    GuardianBasis,
    GuardianOf,
    Incapacity,
    Paper,
)
from services.registry.consents.service.own import MYSELF
from services.registry.consents.service.reads import ShownStep
from services.registry.persons.schemas import Text
from shared.contracts.registry.consents import ConsentGiver, ConsentGroup, ConsentPurpose, ConsentStatus, ConsentWay
from shared.http.schemas import Body, Day, EachOnce, Instant, View

Groups = Annotated[list[ConsentGroup], Field(min_length=1, max_length=len(ConsentGroup)), EachOnce]


class GiveOwnConsent(Body):
    """What the caller consents to, from today on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"purpose": "messages", "groups": ["contact"], "until": "2027-11-02"}]}
    )

    purpose: ConsentPurpose = Field(description="处理目的 what it is given for", examples=["messages"])
    groups: Groups = Field(description="信息类别 groups of data that it covers", examples=[["contact"]])
    until: OpenDay = Field(
        default=None,
        description="截止日 first day on which it holds no more; null, 长期 or 9999-12-31: open-ended",
        examples=["2027-11-02"],
    )

    def fields(self) -> ConsentFields:
        return ConsentFields(self.purpose, tuple(self.groups), self.until)


class Ward(Body):
    """For whom somebody at the counter speaks as the guardian."""

    person_id: UUID = Field(description="被监护人 id of the person in the register")
    incapacity: Incapacity = Field(description="原因 why the person does not consent alone", examples=["minor"])

    def ward(self) -> GuardianOf:
        return GuardianOf(self.incapacity.giver, person_id=self.person_id)


class GiveConsentByProof(GiveOwnConsent):
    """What somebody at the counter consents to, for themselves or for somebody in their charge."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"purpose": "volunteers", "groups": ["name", "contact"], "until": None}]}
    )

    ward: Ward | None = Field(default=None, description="被监护人 for whom; null: for themselves")

    def whose(self) -> GuardianOf:
        return MYSELF if self.ward is None else self.ward.ward()


class WithdrawConsentByProof(Body):
    """What somebody at the counter withdraws."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "volunteers"}]})

    purpose: ConsentPurpose = Field(description="处理目的 what is consented to no more", examples=["volunteers"])
    ward: Ward | None = Field(default=None, description="被监护人 for whom; null: for themselves")

    def whose(self) -> GuardianOf:
        return MYSELF if self.ward is None else self.ward.ward()


class Guardian(Body):
    """Who has signed in place of the person: somebody of the register, or a guardian who is entered as a contact."""

    incapacity: Incapacity = Field(description="原因 why the person does not consent alone", examples=["minor"])
    person_id: UUID | None = Field(default=None, description="居民 id of the guardian, in one of your areas")
    contact_id: UUID | None = Field(
        default=None, description="标签联系人标识 id of a guardian of one of the person's care tags"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.person_id is None) is (self.contact_id is None):
            raise PydanticCustomError("one_of", "请在“居民”和“标签联系人”中只填一项")
        return self

    def guardian(self) -> GuardianOf:
        return GuardianOf(self.incapacity.giver, self.person_id, self.contact_id)


class RecordConsent(GiveOwnConsent):
    """A consent that was signed on paper."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "publicity",
                    "groups": ["name", "image"],
                    "given_on": "2026-11-02",
                    "until": "2027-11-02",
                    "reference": "思孟同意书第12号",
                }
            ]
        }
    )

    given_on: Day = Field(description="签署日 day on which it was signed, not in the future", examples=["2026-11-02"])
    reference: Text = Field(description="书面编号 number under which the paper is filed; sealed")
    guardian: Guardian | None = Field(default=None, description="监护人 who signed; null: the person")

    def paper(self) -> Paper:
        return Paper(self.given_on, self.reference)

    def by(self) -> GuardianOf:
        return MYSELF if self.guardian is None else self.guardian.guardian()


class WithdrawConsent(Body):
    """A withdrawal on paper."""

    withdrawn_on: Day = Field(
        description="撤回日 first day on which it holds no more, not in the future", examples=["2026-11-16"]
    )
    reference: Text = Field(
        description="书面编号 number under which the paper is filed; sealed", examples=["思孟撤回书第3号"]
    )

    def paper(self) -> Paper:
        return Paper(self.withdrawn_on, self.reference)


class TakeConsentBack(Body):
    """Why an entry or a step is taken back."""

    reason: ConsentReason = Field(description="原因 why it is taken back", examples=["recorded_twice"])


class OwnConsentView(View):
    """A consent as the person is told of it."""

    id: UUID = Field(description="同意标识 id of the consent")
    version: int = Field(description="版本 counts the changes of it, from 1")
    purpose: ConsentPurpose = Field(description="处理目的 what it is given for", examples=["messages"])
    title: str = Field(description="目的名称 the purpose in Chinese", examples=["推送便民信息"])
    basis: str = Field(description="法律依据 articles by which it takes a consent")
    separate: bool = Field(description="单独同意 whether the law asks for a consent of its own")
    groups: list[ConsentGroup] = Field(description="信息类别 groups of data that it covers")
    giver: ConsentGiver = Field(description="同意人 the person, or a guardian")
    way: ConsentWay = Field(description="方式 by the own login, at a counter, or on paper")
    status: ConsentStatus = Field(description="状态 valid, withdrawn, ended or annulled")
    given_on: date = Field(description="同意日 first day on which it holds")
    until: date | None = Field(description="截止日 first day on which it holds no more, as agreed on; null: open-ended")
    ended_on: date | None = Field(
        description="终止日 first day on which it holds no more since it was withdrawn or ended"
    )

    @classmethod
    def of(cls, one: ConsentRecord) -> Self:
        purpose = ConsentPurpose(one.purpose)
        known = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        law = PURPOSES[purpose]
        known |= {"groups": list(one.groups), "title": purpose.label, "basis": law.basis, "separate": law.separate}
        return cls(**known, **cls._more(one))

    @classmethod
    def _more(cls, one: ConsentRecord) -> dict[str, Any]:
        return {}


class ConsentView(OwnConsentView):
    """A consent of a person. Who a guardian is, is looked up under the id."""

    person_id: UUID = Field(description="居民 id of the person whose data it is")
    guardian_id: UUID | None = Field(description="监护人 id of a guardian of the register who gave it; null: none did")
    contact_id: UUID | None = Field(description="标签联系人标识 of a guardian who gave it; null: none did")
    known_by: GuardianBasis | None = Field(
        description="监护依据 by what the guardian was known; null: the person gave it"
    )
    recorded_at: Instant = Field(description="登记时间 when it was entered")

    @classmethod
    def _more(cls, one: ConsentRecord) -> dict[str, Any]:
        return {"known_by": GuardianBasis(one.basis) if one.basis else None}


class OwnConsentsView(View):
    """What the person has consented to, ever, the earliest first."""

    items: list[OwnConsentView] = Field(description="同意 the consents")


class ConsentsView(View):
    """A person's consents, the earliest first."""

    items: list[ConsentView] = Field(description="同意 the consents")


class ConsentStepView(View):
    """What was done to a consent, and where it stood from then on."""

    version: int = Field(description="版本 which it had from this step on")
    step: ConsentStep = Field(description="操作 what was done", examples=["withdrawn"])
    status: ConsentStatus = Field(description="状态 where it stood from then on")
    ended_on: date | None = Field(description="终止日 as it was from then on")
    way: ConsentWay | None = Field(description="方式 by what the person spoke; null of other steps")
    proof_id: UUID | None = Field(description="核验标识 the proof at the counter; null of other ways")
    reference: str | None = Field(
        description="书面编号 number of the paper, to who enters consents; null of other ways, and once erased"
    )
    reason: ConsentReason | None = Field(description="原因 why it was taken back; null of other steps")
    done_by: str | None = Field(description="办理人 subject of the token; null: it followed from a life event")
    done_at: Instant = Field(description="时间 when it was done")

    @classmethod
    def of(cls, one: ShownStep) -> Self:
        return cls.model_validate(one)


class ConsentCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
