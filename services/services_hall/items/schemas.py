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

    name: Text
    form: Literal["original", "copy", "electronic"]
    copies: Annotated[int, Field(ge=1, le=20)] = 1
    required: bool = True
    deferrable: bool = False


class DraftItem(Body):
    """A new item."""

    code: Annotated[Code, Field(examples=["VILLAGE-CERT-01"], max_length=40)]
    department: Annotated[Code, Field(examples=["civil_affairs"])]
    category: Annotated[Code, Field(examples=["social_assistance"])]
    target: Literal["natural_person", "organisation"] = "natural_person"

    def content(self) -> NewItem:
        return NewItem(code=self.code, department=self.department, category=self.category, target=self.target)


class PublishItem(Body):
    """The content of the next version. Days are working days; 0 promised days is 即办."""

    name: Text
    handling_mode: HandlingMode
    statutory_days: Annotated[int, Field(ge=0, le=250, examples=[20])]
    promised_days: Annotated[int, Field(ge=0, le=250, examples=[5])]
    levels: Annotated[list[Literal[6, 9, 12]], Field(min_length=1, max_length=3, examples=[[9, 12]])]
    fee_fen: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    complaint_phone: Annotated[str, StringConstraints(pattern=r"^[0-9-]{3,20}$")] | None = None
    conditions: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    materials: Annotated[tuple[Material, ...], Field(max_length=50)] = ()

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

    item_id: UUID
    number: int
    name: str
    handling_mode: str
    statutory_days: int
    promised_days: int
    levels: list[int]
    conditions: list[str]
    materials: list[dict[str, Any]]
    fee_fen: int
    complaint_phone: str | None
    published_at: Instant

    @classmethod
    def of(cls, version: ItemVersion) -> Self:
        return cls.model_validate(version)


class ItemView(View):
    """An item with its newest published version, if it has one."""

    id: UUID
    version: int
    code: str
    department: str
    category: str
    target: str
    status: str
    published: ItemVersionView | None

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
