"""Bodies of contacts of tags (监护人, 责任人)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from services.registry.persons.schemas import Phone, Text
from services.registry.tag_contacts.domain import (
    ContactCorrection,
    ContactFields,
    ContactParty,
    ContactRelation,
    ContactStatus,
    ContactStep,
    DueContact,
    DueReason,
)
from services.registry.tag_contacts.service.handling import ShownContact
from services.registry.tag_contacts.service.reads import ShownContactVersion
from services.registry.tags.domain import Family
from shared.contracts.registry.tags import TagContactRole
from shared.http.schemas import Body, Day, Instant, View, without_number

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@:-]{1,128}$"), AfterValidator(without_number)]


class EnterTagContact(Body):
    """A guardian or responsible person of somebody with a tag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "role": "responsible",
                    "party": "outside",
                    "relation": "village_official",
                    "name": "欧阳示例",
                    "phone": "13800000000",
                    "began_on": "2026-11-02",
                }
            ]
        }
    )

    role: TagContactRole = Field(description="身份 guardian or responsible person", examples=["guardian"])
    party: ContactParty = Field(description="来源 of the register, outside of it, or an account", examples=["outside"])
    relation: ContactRelation = Field(description="关系 what the contact is to the person", examples=["grandparent"])
    person_id: UUID | None = Field(default=None, description="居民 of the register: id, in one of your areas")
    subject: Account | None = Field(
        default=None, description="系统用户 subject of the account", examples=["grid-worker-7"]
    )
    name: Text | None = Field(
        default=None, description="姓名 person or body outside the register, or whose account it is; sealed"
    )
    phone: Phone | None = Field(
        default=None,
        description="电话 sealed; of somebody of the register only if it is another than there",
        examples=["13800000000"],
    )
    began_on: Day = Field(description="开始日 first day, not in the future", examples=["2026-11-02"])

    def fields(self) -> ContactFields:
        return ContactFields(
            role=self.role,
            party=self.party,
            relation=self.relation,
            began_on=self.began_on,
            person_id=self.person_id,
            subject=self.subject,
            name=self.name,
            phone=self.phone,
        )


class CorrectTagContact(Body):
    """What is known of a contact, all of it. Who sees name and phone masked leaves them out: then they stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "relation": "volunteer",
                    "name": "欧阳示例",
                    "phone": "13800000001",
                    "began_on": "2026-11-02",
                }
            ]
        }
    )

    relation: ContactRelation = Field(description="关系 what the contact is to the person", examples=["grandparent"])
    name: Text | None = Field(default=None, description="姓名 not of somebody of the register; sealed")
    phone: Phone | None = Field(default=None, description="电话 sealed", examples=["13800000001"])
    began_on: Day = Field(description="开始日 first day, not in the future", examples=["2026-11-02"])

    def correction(self) -> ContactCorrection:
        return ContactCorrection(self.relation, self.began_on, self.name, self.phone)


class EndTagContact(Body):
    """Somebody is the contact no more."""

    ended_on: Day = Field(description="结束日 first day on which it holds no more", examples=["2026-11-16"])


class TagContactView(View):
    """A guardian or responsible person of somebody with a tag."""

    id: UUID = Field(description="联系人标识 id of the contact")
    version: int = Field(description="版本 counts the changes of the contact, from 1")
    tag_id: UUID = Field(description="标签标识 id of the tag")
    person_id: UUID = Field(description="居民 id of the person who has the tag")
    role: TagContactRole = Field(description="身份 guardian or responsible person", examples=["guardian"])
    party: ContactParty = Field(description="来源 of the register, outside of it, or an account", examples=["outside"])
    party_id: UUID | None = Field(description="居民 who the contact is, as entered; null if not of the register")
    subject: str | None = Field(
        description="系统用户 subject of the account; null of others", examples=["grid-worker-7"]
    )
    relation: ContactRelation = Field(description="关系 what the contact is to the person", examples=["grandparent"])
    name: str | None = Field(description="姓名 masked for who may not see it", examples=["欧**例"])
    phone: str | None = Field(description="电话 masked for who may not see it", examples=["138****0000"])
    began_on: date = Field(description="开始日 first day")
    ended_on: date | None = Field(description="结束日 first day on which it holds no more; null while it does")
    status: ContactStatus = Field(description="状态 valid, ended or withdrawn", examples=["valid"])
    kept_for: DueReason | None = Field(description="已确认 what a clerk has looked after, and the contact goes on")
    due: DueReason | None = Field(description="待办理 why it has to be looked after; null if it does not")

    @classmethod
    def of(cls, one: ShownContact) -> Self:
        return cls(
            id=one.id,
            version=one.version,
            tag_id=one.tag_id,
            person_id=one.person_id,
            name=one.name,
            phone=one.phone,
            due=one.due,
            **one.values,
        )


class TagContactsView(View):
    """A tag's contacts, oldest first."""

    items: list[TagContactView] = Field(description="联系人 oldest first")

    @classmethod
    def of(cls, contacts: list[ShownContact]) -> Self:
        return cls(items=[TagContactView.of(one) for one in contacts])


class TagContactVersionView(View):
    """What a contact was from a step on."""

    step: ContactStep = Field(description="办理 what was done", examples=["corrected"])
    done_by: str | None = Field(description="办理人 subject of who did it; null for a merge")
    done_at: Instant = Field(description="办理时间 when")
    contact: TagContactView = Field(description="办理后 the contact after it")

    @classmethod
    def of(cls, one: ShownContactVersion) -> Self:
        return cls(step=one.step, done_by=one.done_by, done_at=one.done_at, contact=TagContactView.of(one.contact))


class DueContactView(View):
    """What a clerk has to look after: a contact who is gone, or a tag without a guardian."""

    id: UUID = Field(description="待办标识 id of the contact, or of the tag without a guardian")
    reason: DueReason = Field(description="原因 why it has to be looked after", examples=["deceased"])
    tag_id: UUID = Field(description="标签标识 id of the tag")
    person_id: UUID = Field(description="居民 id of the person who has the tag")
    family: Family = Field(description="标签大类 care or sensitive", examples=["care"])
    code: str = Field(description="标签代码 code of the tag in its family", examples=["left_behind_child"])
    contact_id: UUID | None = Field(description="联系人标识 id of the contact; null if there is no guardian")

    @classmethod
    def of(cls, one: DueContact) -> Self:
        names = [name for name in cls.model_fields if name != "family"]
        return cls(family=Family(one.family), **{name: getattr(one, name) for name in names})


class DueContactCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
