"""事项: what can be applied for."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.topic import Topic


class ItemState(State):
    """An item (事项) with its latest published version. Published versions never change; a case pins one."""

    noun: ClassVar = "services_hall.item"
    channel: ClassVar = Topic(noun, "services_hall.items")
    id: UUID = Field(description="标识 identifier", examples=["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"])
    code: Code = Field(
        description="事项编码 31 characters for national items, a local code for village conveniences",
        examples=["elder_subsidy"],
    )
    department: Code = Field(description="部门 department", examples=["civil_affairs"])
    category: Code = Field(description="分类 category", examples=["subsidy"])
    target: Code = Field(description="服务对象 natural_person or organisation", examples=["natural_person"])
    levels: tuple[int, ...] = Field(
        description="可受理层级 lengths of the area codes that accept it: 6, 9, 12", examples=[[9, 12]]
    )
    published_version: int | None = Field(description="已发布版本 the newest published version", examples=[1])
    statutory_days: int | None = Field(description="法定时限 statutory limit in working days", examples=[20])
    promised_days: int | None = Field(
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)", examples=[5]
    )
    status: Code = Field(description="状态 draft, published, suspended, abolished", examples=["published"])


class ItemDrafted(Fact[ItemState]):
    type: ClassVar = "services_hall.item.drafted"
    example: ClassVar = {
        "state": {
            "version": 1,
            "published_version": None,
            "statutory_days": None,
            "promised_days": None,
            "status": "draft",
        }
    }


class ItemPublished(Fact[ItemState]):
    type: ClassVar = "services_hall.item.published"
    example: ClassVar = {"published": 1}
    published: int = Field(description="发布的版本 the version that was published", examples=[1])


class ItemRestated(Fact[ItemState]):
    type: ClassVar = "services_hall.item.restated"
    example: ClassVar = {"state": {"version": 2}}
