"""Views of the public catalogue (事项公开)."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.services_hall.catalogue.service import Found
from services.services_hall.items.domain.codes import HandlingMode, ServiceWindow, Target
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.schemas.content import AcceptingLevel
from services.services_hall.items.schemas.views import ContentView
from shared.http.schemas import Instant, View


class CatalogueEntry(View):
    """An item as a list of what is offered shows it."""

    id: UUID = Field(description="事项标识 id of the item")
    code: str = Field(description="事项编码", examples=["VILLAGE-CERT-01"])
    name: str = Field(description="事项名称", examples=["特困人员认定"])
    department: str = Field(description="实施部门 of the list departments", examples=["civil_affairs"])
    category: str = Field(description="事项分类 of the list item_categories", examples=["social_assistance"])
    target: Target = Field(description="服务对象", examples=["natural_person"])
    handling_mode: HandlingMode = Field(description="办理方式", examples=["within_promise"])
    window: ServiceWindow | None = Field(description="服务窗口")
    levels: list[AcceptingLevel] = Field(description="可受理层级", examples=[[9, 12]])
    statutory_days: int = Field(description="法定时限 working days", examples=[20])
    promised_days: int = Field(description="承诺时限 working days", examples=[5])
    fee_fen: int = Field(description="收费 in fen", examples=[0])

    @classmethod
    def of(cls, found: CatalogueItem) -> Self:
        item, version = found.item, found.version
        assert version is not None, "what is offered has a version"
        own = {name: getattr(item, name) for name in ("id", "code", "department", "category", "target")}
        names = ("name", "handling_mode", "window", "levels", "statutory_days", "promised_days", "fee_fen")
        return cls(**own, **{name: getattr(version, name) for name in names})


class CataloguePage(View):
    """What matches, a page of it."""

    items: list[CatalogueEntry] = Field(description="条目 by code")
    total: int = Field(description="总数 how many match in all", examples=[24])
    next_cursor: str | None = Field(description="翻页标记 null on the last page", examples=["AbCdEf0123"])

    @classmethod
    def of(cls, found: Found, shown: list[CatalogueItem], cursor: str | None) -> Self:
        return cls(items=[CatalogueEntry.of(one) for one in shown], total=found.total, next_cursor=cursor)


class GuideView(ContentView):
    """The guide of an item (办事指南): what its newest version says."""

    id: UUID = Field(description="事项标识 id of the item")
    code: str = Field(description="事项编码", examples=["VILLAGE-CERT-01"])
    department: str = Field(description="实施部门", examples=["civil_affairs"])
    category: str = Field(description="事项分类", examples=["social_assistance"])
    target: Target = Field(description="服务对象", examples=["natural_person"])
    number: int = Field(description="版本号 of the version that is in force", examples=[1])
    published_at: Instant = Field(description="发布时间 of this version")

    @classmethod
    def told(cls, found: CatalogueItem) -> Self:
        item, version = found.item, found.version
        assert version is not None, "what is offered has a version"
        own: dict[str, Any] = {name: getattr(item, name) for name in ("id", "code", "department", "category", "target")}
        rest = [name for name in cls.model_fields if name not in own]
        return cls(**own, **{name: getattr(version, name) for name in rest})
