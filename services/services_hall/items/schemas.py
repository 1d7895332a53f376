"""Bodies of items."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.services_hall.items.domain import HandlingMode
from services.services_hall.items.models import Item, ItemVersion
from services.services_hall.items.service import NewItem, NewVersion
from shared.contracts.envelope import Code
from shared.http.schemas import Body, Instant, View

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Material(Body):
    """One document that the applicant brings. `deferrable` (容缺): may follow later."""

    name: Text = Field(description="名称 name", examples=["示例"])
    form: Literal["original", "copy", "electronic"] = Field(description="形式 original, copy or electronic")
    copies: Annotated[int, Field(ge=1, le=20)] = Field(default=1, description="份数 how many")
    required: bool = Field(default=True, description="必要 whether the case cannot be accepted without it")
    deferrable: bool = Field(default=False, description="容缺 whether it may be brought later")


class DraftItem(Body):
    """A new item."""

    code: Annotated[Code, Field(examples=["VILLAGE-CERT-01"], max_length=40)] = Field(
        description="代码 value of a code list"
    )
    department: Annotated[Code, Field(examples=["civil_affairs"])] = Field(description="部门 department")
    category: Annotated[Code, Field(examples=["social_assistance"])] = Field(description="分类 category")
    target: Literal["natural_person", "organisation"] = Field(
        default="natural_person", description="服务对象 natural_person or organisation"
    )

    def content(self) -> NewItem:
        return NewItem(code=self.code, department=self.department, category=self.category, target=self.target)


class PublishItem(Body):
    """The content of the next version. Days are working days; 0 promised days is 即办."""

    name: Text = Field(description="名称 name", examples=["示例"])
    handling_mode: HandlingMode = Field(description="办理方式 way of handling")
    statutory_days: Annotated[int, Field(ge=0, le=250, examples=[20])] = Field(
        description="法定时限 statutory limit in working days"
    )
    promised_days: Annotated[int, Field(ge=0, le=250, examples=[5])] = Field(
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)"
    )
    levels: Annotated[list[Literal[6, 9, 12]], Field(min_length=1, max_length=3, examples=[[9, 12]])] = Field(
        description="可受理层级 lengths of the area codes that accept it: 6, 9, 12"
    )
    fee_fen: Annotated[int, Field(ge=0, le=100000000)] = Field(default=0, description="收费 fee in fen (1/100 yuan)")
    complaint_phone: Annotated[str, StringConstraints(pattern="^[0-9-]{3,20}$")] | None = Field(
        default=None, description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    conditions: Annotated[tuple[Text, ...], Field(max_length=50)] = Field(default=(), description="受理条件 conditions")
    materials: Annotated[tuple[Material, ...], Field(max_length=50)] = Field(
        default=(), description="材料 what the applicant has to bring"
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
        )


class ItemVersionView(View):
    """A published version; never changes."""

    item_id: UUID = Field(description="事项 id of the item")
    number: int = Field(description="号 running number")
    name: str = Field(description="名称 name", examples=["示例"])
    handling_mode: str = Field(description="办理方式 way of handling", examples=["counter"])
    statutory_days: int = Field(description="法定时限 statutory limit in working days")
    promised_days: int = Field(description="承诺时限 promised limit in working days; 0 is decided at once (即办件)")
    levels: list[int] = Field(description="可受理层级 lengths of the area codes that accept it: 6, 9, 12")
    conditions: list[str] = Field(description="受理条件 conditions")
    materials: list[dict[str, Any]] = Field(description="材料 what the applicant has to bring")
    fee_fen: int = Field(description="收费 fee in fen (1/100 yuan)")
    complaint_phone: str | None = Field(
        description="投诉电话 phone number for complaints about the service", examples=["0774-8220000"]
    )
    published_at: Instant = Field(description="发布时间 when it was published")

    @classmethod
    def of(cls, version: ItemVersion) -> Self:
        return cls.model_validate(version)


class ItemView(View):
    """An item with its newest published version, if it has one."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    code: str = Field(description="代码 value of a code list", examples=["elder_alone"])
    department: str = Field(description="部门 department", examples=["civil_affairs"])
    category: str = Field(description="分类 category", examples=["environment"])
    target: str = Field(description="服务对象 natural_person or organisation", examples=["natural_person"])
    status: str = Field(description="状态 where it stands in its lifecycle", examples=["active"])
    published: ItemVersionView | None = Field(
        description="已发布版本 the newest published version; null before the first"
    )

    @classmethod
    def of(cls, item: Item, version: ItemVersion | None) -> Self:
        return cls(
            id=item.id,
            version=item.version,
            code=item.code,
            department=item.department,
            category=item.category,
            target=item.target,
            status=item.status,
            published=None if version is None else ItemVersionView.of(version),
        )
