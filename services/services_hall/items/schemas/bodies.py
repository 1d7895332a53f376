"""Bodies of items (事项): what an item is, and what is decided about its drafts."""

from uuid import UUID

from pydantic import Field

from services.services_hall.items.domain.codes import RetirementReason, Target
from services.services_hall.items.schemas.content import ItemCode
from services.services_hall.items.service.content import NewItem
from shared.http.schemas import Body, CodeWord


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

    def item(self) -> NewItem:
        return NewItem(code=self.code, department=self.department, category=self.category, target=self.target)


class ProposeRetirement(Body):
    """Why an item is to be offered no more."""

    reason: RetirementReason = Field(description="停用理由 code list `item_retirement_reasons`", examples=["abolished"])


class DraftNamed(Body):
    """A draft as its publisher has seen it."""

    item: UUID = Field(description="事项标识 id of the item")
    version: int = Field(ge=1, description="草稿版本 version of the draft that was seen", examples=[1])


class PublishDrafts(Body):
    """Drafts of versions that are published together: all of them, or none."""

    drafts: list[DraftNamed] = Field(min_length=1, max_length=200, description="草稿")
