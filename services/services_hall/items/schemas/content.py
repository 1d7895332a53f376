"""Grammar of an item's content (事项要素): what a version says, as bodies, tables and files that ship say it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.services_hall.case_effects.domain import EffectDay, EffectPlace
from services.services_hall.items.domain.codes import (
    HandlingMode,
    MaterialForm,
    ResultKind,
    ServiceWindow,
)
from services.services_hall.items.domain.rules import NATIONAL_LENGTH
from services.services_hall.items.service.content import NewVersion, read_content
from shared.contracts.duties import DutyKind
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.http.schemas import Body, CodeWord, EachOnce, without_number
from shared.ledgers.application_forms import ItemForm
from shared.reference.credit_codes import check_code
from shared.reference.phones import MAX_PHONE, SERVICE_MESSAGE, clean_service_phone

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _one_line(text: str) -> str:
    """Tables of items have these texts line by line."""
    if text.splitlines() != [text]:
        raise PydanticCustomError("one_line", "应写在一行内，不含换行")
    return text


Name = Annotated[Text, AfterValidator(_one_line)]
Line = Annotated[Sentence, AfterValidator(_one_line)]


def _item_code(code: str) -> str:
    """The code of an organisation, with which a national item code begins, is public, whatever its digits are like."""
    national = len(code) == NATIONAL_LENGTH and check_code(code[:18]).valid
    return code if national else without_number(code)


ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$"), AfterValidator(_item_code)]

AcceptingLevel = Literal[6, 9, 12]
"""Length of the area code of a counter: county, town, village."""


def _service_phone(phone: str) -> str:
    cleaned = clean_service_phone(phone)
    if cleaned is None:
        raise PydanticCustomError("phone", SERVICE_MESSAGE)
    return cleaned


ServicePhone = Annotated[str, StringConstraints(min_length=3, max_length=MAX_PHONE), AfterValidator(_service_phone)]


class Material(Body):
    """One document that the applicant brings. `deferrable` (容缺): may follow later."""

    name: Name = Field(description="材料名称 name of the document", examples=["居民身份证"])
    form: MaterialForm = Field(description="形式 original, copy or electronic")
    copies: int = Field(default=1, ge=1, le=20, description="份数 how many")
    required: bool = Field(default=True, description="必要 the case cannot be accepted without it")
    deferrable: bool = Field(default=False, description="容缺 it may be brought later")
    source: Text | None = Field(
        default=None, description="来源渠道 where the applicant gets it", examples=["村民委员会开具"]
    )
    sample: Sentence | None = Field(
        default=None,
        description="样表说明 how it is filled in, or where the sample is",
        examples=["样表见窗口公示栏"],
    )


class ReviewStep(Body):
    """A step of the review: at which level, by which department, in how many working days."""

    name: Name = Field(description="环节名称 name of the step", examples=["镇级审核"])
    level: AcceptingLevel = Field(description="层级 length of the area code where it is taken: 6, 9, 12", examples=[9])
    department: CodeWord | None = Field(
        default=None, description="办理部门 department that takes it, of the list departments; null: the item's own"
    )
    days: int = Field(ge=0, le=250, description="环节时限 working days that it may take", examples=[2])


class ServicePlace(Body):
    """Where people go for it (办理地点)."""

    name: Name = Field(description="名称", examples=["三堡镇便民服务中心"])
    address: Name = Field(description="地址", examples=["三堡镇府前路 8 号"])
    hours: Name = Field(description="办公时间", examples=["工作日 8:30–12:00，14:30–17:30"])
    phone: ServicePhone | None = Field(default=None, description="咨询电话", examples=["0774-8220000"])


class ItemResult(Body):
    """What the applicant holds in the end (办理结果)."""

    kind: ResultKind = Field(description="结果类型 licence, approval, other or none", examples=["other"])
    name: Text | None = Field(default=None, description="结果名称", examples=["居住登记凭证"])


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


class ItemContent(Body):
    """What a version says. Days are working days; 0 promised days is 即办."""

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
    areas: Annotated[list[AreaCode], EachOnce] = Field(
        default_factory=list,
        max_length=200,
        description="适用区域 where it is offered, county to village; empty: in the whole county",
        examples=[[]],
    )
    window: ServiceWindow | None = Field(
        default=None,
        description="服务窗口 window of the community centre; code list `service_windows`",
        examples=["jh_social_assistance"],
    )
    duty: DutyKind | None = Field(
        default=None,
        description="履职事项清单 whose work it is by the town's list of duties; null: it does not stand there",
        examples=["basic"],
    )
    fee_fen: int = Field(default=0, ge=0, le=100_000_000, description="收费 fee in fen (1/100 yuan)")
    fee_basis: Sentence | None = Field(
        default=None, description="收费依据 what a fee is based on; needed for one", examples=[None]
    )
    complaint_phone: ServicePhone | None = Field(
        default=None, description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    basis: list[Line] = Field(
        default_factory=list,
        max_length=20,
        description="设定依据 laws and rules",
        examples=[["社会救助暂行办法 第九条"]],
    )
    keywords: Annotated[list[Name], EachOnce] = Field(
        default_factory=list, max_length=20, description="关键词 what people call it besides", examples=[["低保"]]
    )
    conditions: list[Line] = Field(
        default_factory=list, max_length=50, description="受理条件 what must hold", examples=[["本县户籍"]]
    )
    materials: list[Material] = Field(
        default_factory=list,
        max_length=50,
        description="申请材料 what the applicant has to bring",
        examples=[[{"name": "居民身份证", "form": "copy"}]],
    )
    steps: list[ReviewStep] = Field(
        default_factory=list,
        max_length=10,
        description="审查环节 steps of the review, in order; the last one decides",
        examples=[[{"name": "镇级审核", "level": 9, "days": 2}, {"name": "县级审定", "level": 6, "days": 3}]],
    )
    places: list[ServicePlace] = Field(default_factory=list, max_length=60, description="办理地点 where people go")
    result: ItemResult | None = Field(default=None, description="办理结果 what the applicant holds in the end")
    effect: ItemEffect | None = Field(
        default=None,
        description="登记事项 what a granted case changes in the register; null: nothing",
        examples=[{"kind": "residence_registration"}],
    )
    form: ItemForm | None = Field(
        default=None, description="申请表单 what the applicant fills in; null: nothing", examples=[None]
    )

    def version(self) -> NewVersion:
        """The content as it is stored: JSON throughout."""
        return read_content(self.model_dump(mode="json"))
