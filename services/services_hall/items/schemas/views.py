"""Views of items (事项), their versions and drafts."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.services_hall.case_effects.domain import EffectDay, EffectPlace
from services.services_hall.items.domain.codes import (
    DraftKind,
    HandlingMode,
    ItemStatus,
    MaterialForm,
    ResultKind,
    RetirementReason,
    ServiceWindow,
    Target,
)
from services.services_hall.items.models import CatalogueItem, Item, ItemDraft
from services.services_hall.items.schemas.content import AcceptingLevel
from services.services_hall.items.service.states import ShownDraft
from shared.contracts.duties import DutyKind
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.http.schemas import Instant, View
from shared.ledgers.application_forms import ItemForm


class MaterialView(View):
    """One document that the applicant brings, as it was published."""

    name: str = Field(description="材料名称 name of the document", examples=["居民身份证"])
    form: MaterialForm = Field(description="形式 original, copy or electronic")
    copies: int = Field(description="份数 how many", examples=[1])
    required: bool = Field(description="必要 the case cannot be accepted without it")
    deferrable: bool = Field(description="容缺 it may be brought later")
    source: str | None = Field(default=None, description="来源渠道 where the applicant gets it")
    sample: str | None = Field(default=None, description="样表说明 how it is filled in, or where the sample hangs")


class ReviewStepView(View):
    """A step of the review, as it was published."""

    name: str = Field(description="环节名称 name of the step", examples=["镇级审核"])
    level: AcceptingLevel = Field(description="层级 length of the area code where it is taken: 6, 9, 12", examples=[9])
    department: str | None = Field(description="办理部门 department that takes it; null: the item's own")
    days: int = Field(description="环节时限 working days that it may take", examples=[2])


class ServicePlaceView(View):
    """Where people go for it."""

    name: str = Field(description="名称", examples=["三堡镇便民服务中心"])
    address: str = Field(description="地址", examples=["三堡镇府前路 8 号"])
    hours: str = Field(description="办公时间", examples=["工作日 8:30–12:00，14:30–17:30"])
    phone: str | None = Field(description="咨询电话", examples=["0774-8220000"])


class ItemResultView(View):
    """What the applicant holds in the end."""

    kind: ResultKind = Field(description="结果类型 licence, approval, other or none", examples=["other"])
    name: str | None = Field(description="结果名称", examples=["居住登记凭证"])


class ItemEffectView(View):
    """What a granted case changes in the register, as it was published."""

    kind: CaseEffectKind = Field(
        description="登记事项 code list `case_effect_kinds`", examples=["residence_registration"]
    )
    place_from: EffectPlace = Field(description="登记地来源 code list `case_effect_places`", examples=["counter"])
    day_from: EffectDay = Field(description="起始日来源 code list `case_effect_days`", examples=["decision"])


class ContentView(View):
    """What a version says."""

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
    areas: list[str] = Field(description="适用区域 where it is offered; empty: in the whole county")
    window: ServiceWindow | None = Field(description="服务窗口 code list `service_windows`")
    duty: DutyKind | None = Field(description="履职事项清单 place in the town's list of duties; null: not in it")
    basis: list[str] = Field(description="设定依据 laws and rules")
    keywords: list[str] = Field(description="关键词 what people call it besides")
    conditions: list[str] = Field(description="受理条件 what must hold", examples=[["本县户籍"]])
    materials: list[MaterialView] = Field(
        description="申请材料 what the applicant has to bring",
        examples=[[{"name": "居民身份证", "form": "copy", "copies": 1, "required": True, "deferrable": False}]],
    )
    steps: list[ReviewStepView] = Field(description="审查环节 steps of the review, in order; the last one decides")
    places: list[ServicePlaceView] = Field(description="办理地点 where people go")
    result: ItemResultView | None = Field(description="办理结果 what the applicant holds in the end")
    effect: ItemEffectView | None = Field(
        description="登记事项 what a granted case changes in the register; null: nothing"
    )
    fee_fen: int = Field(description="收费 fee in fen (1/100 yuan)", examples=[0])
    fee_basis: str | None = Field(description="收费依据 what a fee is based on")
    complaint_phone: str | None = Field(
        description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    form: ItemForm | None = Field(description="申请表单 what the applicant fills in; null: nothing")


class ItemVersionView(ContentView):
    """A published version; never changes."""

    item_id: UUID = Field(description="事项标识 id of the item")
    number: int = Field(description="版本号 number of the version, from 1")
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
    status: ItemStatus = Field(description="状态 draft, published or retired", examples=["published"])
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


class ItemChangeView(View):
    """A part that differs between two versions."""

    path: str = Field(description="位置 which part; members of lists by their names", examples=["promised_days"])
    old: Any = Field(description="原值 null: there was none", examples=[10])
    new: Any = Field(description="新值 null: there is none", examples=[5])


class ItemChanges(View):
    """What differs, in the order of the content; empty: nothing."""

    changes: list[ItemChangeView] = Field(description="差异")


class ItemDraftView(View):
    """What waits for a second person."""

    item_id: UUID = Field(description="事项标识 id of the item")
    code: str = Field(description="事项编码", examples=["VILLAGE-CERT-01"])
    version: int = Field(description="草稿版本 no two drafts of an item have the same", examples=[1])
    kind: DraftKind = Field(description="类别 the next version, or that it is retired", examples=["version"])
    name: str | None = Field(description="事项名称 as the draft has it; null for a retirement")
    reason: RetirementReason | None = Field(description="停用理由 null for a version")
    drafted_at: Instant = Field(description="起草时间 when it was saved last")

    @classmethod
    def told(cls, item: Item, draft: ItemDraft) -> Self:
        return cls(**_told(item, draft))


class ItemDraftDetail(ItemDraftView):
    """A draft whole, and what it changes against the newest version."""

    content: ContentView | None = Field(description="内容 what the next version says; null for a retirement")
    changes: list[ItemChangeView] = Field(description="差异 against the newest published version")

    @classmethod
    def of(cls, shown: ShownDraft) -> Self:
        content = None if shown.draft.content is None else ContentView.model_validate(shown.draft.content)
        changed = [ItemChangeView.model_validate(one) for one in shown.changes]
        return cls(**_told(shown.item, shown.draft), content=content, changes=changed)


def _told(item: Item, draft: ItemDraft) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "code": item.code,
        "version": draft.version,
        "kind": draft.kind,
        "name": None if draft.content is None else draft.content["name"],
        "reason": draft.reason,
        "drafted_at": draft.drafted_at,
    }
