"""Bodies of items (事项)."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.services_hall.case_effects.domain import EffectDay, EffectPlace
from services.services_hall.items.domain import HandlingMode, ItemStatus, MaterialForm, Target
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.service import NewItem, NewVersion
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.http.schemas import Body, CodeWord, EachOnce, Instant, View, without_number
from shared.reference.credit_codes import check_code
from shared.reference.phones import MAX_PHONE, SERVICE_MESSAGE, clean_service_phone

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _item_code(code: str) -> str:
    """The code of an organisation, with which a national item code begins, is public, whatever its digits are like."""
    national = len(code) == NATIONAL and check_code(code[:18]).valid
    return code if national else without_number(code)


ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$"), AfterValidator(_item_code)]

AcceptingLevel = Literal[6, 9, 12]
"""Length of the area code of a counter: county, town, village."""

NATIONAL = 31
"""Places of a national item code: 18 of the organisation, 1 of the level, 12 of the item."""


def _service_phone(phone: str) -> str:
    cleaned = clean_service_phone(phone)
    if cleaned is None:
        raise PydanticCustomError("phone", SERVICE_MESSAGE)
    return cleaned


ServicePhone = Annotated[str, StringConstraints(min_length=3, max_length=MAX_PHONE), AfterValidator(_service_phone)]


class Material(Body):
    """One document that the applicant brings. `deferrable` (容缺): may follow later."""

    name: Text = Field(description="材料名称 name of the document", examples=["居民身份证"])
    form: MaterialForm = Field(description="形式 original, copy or electronic")
    copies: int = Field(default=1, ge=1, le=20, description="份数 how many")
    required: bool = Field(default=True, description="必要 the case cannot be accepted without it")
    deferrable: bool = Field(default=False, description="容缺 it may be brought later")


class MaterialView(View):
    """One document that the applicant brings, as it was published."""

    name: str = Field(description="材料名称 name of the document", examples=["居民身份证"])
    form: MaterialForm = Field(description="形式 original, copy or electronic")
    copies: int = Field(description="份数 how many", examples=[1])
    required: bool = Field(description="必要 the case cannot be accepted without it")
    deferrable: bool = Field(description="容缺 it may be brought later")


class ReviewStep(Body):
    """A step of the review: at which level, by which department, in how many working days."""

    name: Text = Field(description="环节名称 name of the step", examples=["镇级审核"])
    level: AcceptingLevel = Field(description="层级 length of the area code where it is taken: 6, 9, 12", examples=[9])
    department: CodeWord | None = Field(
        default=None, description="办理部门 department that takes it, of the list departments; null: the item's own"
    )
    days: int = Field(ge=0, le=250, description="环节时限 working days that it may take", examples=[2])


class ReviewStepView(View):
    """A step of the review, as it was published."""

    name: str = Field(description="环节名称 name of the step", examples=["镇级审核"])
    level: AcceptingLevel = Field(description="层级 length of the area code where it is taken: 6, 9, 12", examples=[9])
    department: str | None = Field(description="办理部门 department that takes it; null: the item's own")
    days: int = Field(description="环节时限 working days that it may take", examples=[2])


class ItemEffect(Body):
    """What a granted case changes in the register: for an applicant who is a person of the register."""

    kind: CaseEffectKind = Field(
        description="登记事项 code list `case_effect_kinds`", examples=["residence_registration"]
    )
    place_from: EffectPlace = Field(
        default=EffectPlace.COUNTER,
        description="登记地来源 counter: the village of the counter unless another place is entered; entered: always",
    )
    day_from: EffectDay = Field(
        default=EffectDay.DECISION,
        description="起始日来源 decision: the day of the decision unless another is entered; entered: always",
    )


class ItemEffectView(View):
    """What a granted case changes in the register, as it was published."""

    kind: CaseEffectKind = Field(
        description="登记事项 code list `case_effect_kinds`", examples=["residence_registration"]
    )
    place_from: EffectPlace = Field(description="登记地来源 code list `case_effect_places`", examples=["counter"])
    day_from: EffectDay = Field(description="起始日来源 code list `case_effect_days`", examples=["decision"])


class DraftItem(Body):
    """A new item."""

    code: ItemCode = Field(
        description="事项编码 31 characters for national items, a local code for village conveniences",
        examples=["VILLAGE-CERT-01"],
    )
    department: CodeWord = Field(
        description="实施部门 department that decides, of the list departments", examples=["civil_affairs"]
    )
    category: CodeWord = Field(
        description="事项分类 category that figures are broken down by, of the list item_categories",
        examples=["social_assistance"],
    )
    target: Target = Field(default=Target.NATURAL_PERSON, description="服务对象 natural_person or organisation")

    def content(self) -> NewItem:
        return NewItem(code=self.code, department=self.department, category=self.category, target=self.target)


class PublishItem(Body):
    """The content of the next version. Days are working days; 0 promised days is 即办."""

    name: Text = Field(description="事项名称 name of the item", examples=["特困人员认定"])
    handling_mode: HandlingMode = Field(
        description="办理方式 at_once (马上办), within_promise (限期办) or by_agent (代理办)",
        examples=["within_promise"],
    )
    statutory_days: int = Field(ge=0, le=250, description="法定时限 statutory limit in working days", examples=[20])
    promised_days: int = Field(
        ge=0,
        le=250,
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)",
        examples=[5],
    )
    levels: Annotated[list[AcceptingLevel], EachOnce] = Field(
        min_length=1,
        max_length=3,
        description="可受理层级 lengths of the area codes of counters that accept it: 6, 9, 12",
        examples=[[9, 12]],
    )
    fee_fen: int = Field(default=0, ge=0, le=100_000_000, description="收费 fee in fen (1/100 yuan)")
    complaint_phone: ServicePhone | None = Field(
        default=None, description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    conditions: tuple[Text, ...] = Field(
        default=(), max_length=50, description="受理条件 what must hold", examples=[["本县户籍"]]
    )
    materials: tuple[Material, ...] = Field(
        default=(),
        max_length=50,
        description="申请材料 what the applicant has to bring",
        examples=[[{"name": "居民身份证", "form": "copy"}]],
    )
    steps: tuple[ReviewStep, ...] = Field(
        default=(),
        max_length=10,
        description="审查环节 steps of the review, in order; the last one decides",
        examples=[[{"name": "镇级审核", "level": 9, "days": 2}, {"name": "县级审定", "level": 6, "days": 3}]],
    )

    effect: ItemEffect | None = Field(
        default=None,
        description="登记事项 what a granted case changes in the register; null: nothing",
        examples=[{"kind": "residence_registration"}],
    )

    def content(self) -> NewVersion:
        return NewVersion(
            name=self.name,
            handling_mode=self.handling_mode,
            statutory_days=self.statutory_days,
            promised_days=self.promised_days,
            levels=tuple(self.levels),
            fee_fen=self.fee_fen,
            complaint_phone=self.complaint_phone,
            conditions=self.conditions,
            materials=tuple(material.model_dump() for material in self.materials),
            steps=tuple(step.model_dump() for step in self.steps),
            effect=None if self.effect is None else self.effect.model_dump(mode="json"),
        )


class ItemVersionView(View):
    """A published version; never changes."""

    item_id: UUID = Field(description="事项标识 id of the item")
    number: int = Field(description="版本号 number of the version, from 1")
    name: str = Field(description="事项名称 name of the item", examples=["特困人员认定"])
    handling_mode: HandlingMode = Field(
        description="办理方式 at_once (马上办), within_promise (限期办) or by_agent (代理办)",
        examples=["within_promise"],
    )
    statutory_days: int = Field(description="法定时限 statutory limit in working days", examples=[20])
    promised_days: int = Field(
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)", examples=[5]
    )
    levels: list[AcceptingLevel] = Field(
        description="可受理层级 lengths of the area codes of counters that accept it: 6, 9, 12", examples=[[9, 12]]
    )
    conditions: list[str] = Field(description="受理条件 what must hold", examples=[["本县户籍"]])
    materials: list[MaterialView] = Field(
        description="申请材料 what the applicant has to bring",
        examples=[[{"name": "居民身份证", "form": "copy", "copies": 1, "required": True, "deferrable": False}]],
    )
    steps: list[ReviewStepView] = Field(description="审查环节 steps of the review, in order; the last one decides")
    effect: ItemEffectView | None = Field(
        description="登记事项 what a granted case changes in the register; null: nothing"
    )
    fee_fen: int = Field(description="收费 fee in fen (1/100 yuan)", examples=[0])
    complaint_phone: str | None = Field(
        description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    published_at: Instant = Field(description="发布时间 when it was published")


class ItemView(View):
    """An item with its newest published version, if it has one."""

    id: UUID = Field(description="事项标识 id of the item")
    version: int = Field(description="版本 counts the changes of the item, from 1", examples=[2])
    code: str = Field(
        description="事项编码 31 characters for national items, a local code for village conveniences",
        examples=["VILLAGE-CERT-01"],
    )
    department: str = Field(description="实施部门 department that decides", examples=["civil_affairs"])
    category: str = Field(
        description="事项分类 category that figures are broken down by", examples=["social_assistance"]
    )
    target: Target = Field(description="服务对象 natural_person or organisation", examples=["natural_person"])
    status: ItemStatus = Field(description="状态 draft or published", examples=["published"])
    published: ItemVersionView | None = Field(
        description="已发布版本 the newest published version; null before the first"
    )

    @classmethod
    def of(cls, found: CatalogueItem) -> Self:
        item, version = found.item, found.version
        return cls(
            id=item.id,
            version=item.version,
            code=item.code,
            department=item.department,
            category=item.category,
            target=item.target,
            status=item.status,
            published=None if version is None else ItemVersionView.model_validate(version),
        )
