"""事项: what can be applied for."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.topic import Topic


class ItemState(State):
    """An item (事项) with its latest published version. Published versions never change; a case pins one."""

    noun: ClassVar = "services_hall.item"
    channel: ClassVar = Topic(
        noun,
        "services_hall.items",
        tells=(
            "有哪些事项、由谁办理、期限多久，均为公开信息",
            "which items there are, who handles them, in how many days: public",
        ),
    )
    id: UUID = Field(description="事项标识 id of the item", examples=["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"])
    code: Code = Field(
        description="事项编码 31 characters for national items, a local code for village conveniences",
        examples=["VILLAGE-CERT-01"],
    )
    department: Code = Field(description="实施部门 department that decides", examples=["civil_affairs"])
    category: Code = Field(
        description="事项分类 category that figures are broken down by", examples=["social_assistance"]
    )
    target: Code = Field(description="服务对象 natural_person or organisation", examples=["natural_person"])
    levels: tuple[int, ...] = Field(
        description="可受理层级 lengths of the area codes of counters that accept it: 6, 9, 12", examples=[[9, 12]]
    )
    published_version: int | None = Field(
        description="已发布版本 number of the newest published version; null before the first", examples=[1]
    )
    statutory_days: int | None = Field(
        description="法定时限 statutory limit in working days; null before the first version", examples=[20]
    )
    promised_days: int | None = Field(
        description="承诺时限 promised limit in working days, 0 for 即办件; null before the first version",
        examples=[5],
    )
    duty: Code | None = Field(
        default=None,
        description="履职事项清单 place in the town's list of duties: basic, shared, taken_back; null: not in it",
        examples=["basic"],
    )
    window: Code | None = Field(
        default=None,
        description="服务窗口 window of the community centre; null: none",
        examples=["jh_social_assistance"],
    )
    status: Code = Field(description="状态 draft, published or retired", examples=["published"])


class ItemDrafted(Fact[ItemState]):
    """It was drafted (起草): no case is accepted before a version is published."""

    type: ClassVar = "services_hall.item.drafted"
    example: ClassVar = {
        "state": {
            "version": 1,
            "published_version": None,
            "statutory_days": None,
            "promised_days": None,
            "duty": None,
            "window": None,
            "status": "draft",
        }
    }


class ItemPublished(Fact[ItemState]):
    """A version of it was published (发布); cases that are submitted from now on pin it."""

    type: ClassVar = "services_hall.item.published"
    example: ClassVar = {"published": 1}
    published: int = Field(description="发布的版本 the version that was published", examples=[1])


class ItemRetired(Fact[ItemState]):
    """It is offered no more (停用); cases that are open go on."""

    type: ClassVar = "services_hall.item.retired"
    example: ClassVar = {"state": {"version": 3, "status": "retired"}}


class ItemReopened(Fact[ItemState]):
    """It is offered again (恢复), with the version that it had."""

    type: ClassVar = "services_hall.item.reopened"
    example: ClassVar = {"state": {"version": 4}}


class ItemRestated(Fact[ItemState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.item.restated"
    example: ClassVar = {"state": {"version": 2}}
