"""Bodies with which persons (居民) are registered and corrected."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place, ResidenceKind
from services.registry.life_events.schemas import Birth, Entry
from services.registry.persons.domain import (
    MAX_NUMBER,
    MAX_TEXT,
    Correction,
    Identity,
    NewPerson,
    NoDocument,
    Undocumented,
)
from shared.http.schemas import Body, Day
from shared.reference.documents import DocumentType
from shared.reference.phones import MAX_PHONE

VillageOrGrid = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}([0-9]{3})?$")]
RegisteredArea = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$")]
EthnicGroup = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PHONE)]
Sex = Literal["0", "1", "2", "9"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


class Residence(Body):
    """A residence (居住地): a village, or a grid of it."""

    area: VillageOrGrid = Field(examples=["450481100201"], description="居住地 village (12 digits) or grid (15)")
    kind: ResidenceKind | None = Field(
        default=None,
        description="居住类别 registered (户籍), floating (流动), left_behind (留守) or overseas (境外); "
        "if absent it follows from both places, and is asked for when the registered place is not known",
    )

    def place(self) -> Place:
        return Place(self.area, str(self.kind) if self.kind else None)


class Registration(Body):
    """The registered place (户籍地): a village of this county, or elsewhere down to its town at most."""

    area: RegisteredArea = Field(
        examples=["450481100201"],
        description="户籍地 village of this county (12 digits), or an area elsewhere down to its town",
    )

    def place(self) -> Place:
        return Place(self.area, REGISTERED_PLACE)


class Document(Body):
    """An identity document."""

    type: DocumentType = Field(default=DocumentType.CITIZEN_ID, description="证件类型 kind of identity document")
    number: str = Field(
        min_length=1,
        max_length=MAX_NUMBER,
        examples=["45048119900307019X"],
        description="证件号码 number of the identity document",
    )

    def identity(self) -> Identity:
        return Identity(self.type, self.number)


class NoDocumentYet(Body):
    """Why somebody has no identity document, and when it is looked after."""

    reason: NoDocument = Field(description="无证原因 why there is no document", examples=["lost"])
    due_on: Day = Field(description="补办期限 day by which it is looked after; within a year")

    def undocumented(self) -> Undocumented:
        return Undocumented(self.reason, self.due_on)


class RegisterPerson(Body):
    """A person to be registered. A newborn may have no document yet."""

    entry: Entry = Field(description="入册方式 birth (出生), move_in (迁入), or enrolled (已在本地居住或登记)")
    occurred_on: Day = Field(description="发生日 day on which it happened")
    reported_on: Day | None = Field(default=None, description="申报日 day on which it was reported; today if absent")
    name: Text = Field(examples=["李秀英"], description="姓名 name of the person")
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["1"])
    birth_date: Day = Field(description="出生日期 date of birth; agrees with the number", examples=["2026-03-16"])
    document: Document | None = Field(default=None, description="证件 identity document; a newborn may have none yet")
    ethnic_group: EthnicGroup | None = Field(default=None, description="民族 GB/T 3304, numeric", examples=["08"])
    phone: Phone | None = Field(default=None, description="电话 mobile or land line number", examples=["13800000000"])
    address: Text | None = Field(
        default=None,
        description="住址 address in words; sealed, and shown in full only for a purpose",
        examples=["岑城镇探花村示例路1号"],
    )
    residence: Residence | None = Field(
        default=None, description="现居住地 where the person lives", examples=[{"area": "450481100201"}]
    )
    registration: Registration | None = Field(
        default=None, description="户籍地 where they are registered", examples=[{"area": "450481100201"}]
    )
    delivery: Birth | None = Field(default=None, description="分娩 of a birth: where, attended by whom, the parents")
    undocumented: NoDocumentYet | None = Field(
        default=None, description="无证件 why somebody other than a newborn has no document, and until when"
    )
    confirmation: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="核对标记 from findPossibleDuplicates: it is somebody else than those who were shown",
    )

    def person(self) -> NewPerson:
        return NewPerson(
            entry=LifeEventKind(self.entry),
            occurred_on=self.occurred_on,
            reported_on=self.reported_on,
            name=self.name,
            sex=self.sex,
            birth_date=self.birth_date,
            document=self.document.identity() if self.document else None,
            ethnic_group=self.ethnic_group,
            phone=self.phone,
            address=self.address,
            residence=self.residence.place() if self.residence else None,
            registration=self.registration.place() if self.registration else None,
            delivery=self.delivery.delivery() if self.delivery else None,
            undocumented=self.undocumented.undocumented() if self.undocumented else None,
            confirmation=self.confirmation,
        )


def absent() -> Any:
    """Stands for a field that was not sent and may not be null."""
    return None


class CorrectPerson(Body):
    """A correction: fields that are absent stay as they are; null removes ethnic group, phone or address."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"phone": "13800000000", "address": "岑城镇探花村示例路1号"}]}
    )

    name: Text = Field(default_factory=absent, description="姓名 name of the person", examples=["李秀英"])
    sex: Sex = Field(
        default_factory=absent,
        description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated",
        examples=["1"],
    )
    birth_date: Day = Field(default_factory=absent, description="出生日期 date of birth")
    document: Document = Field(default_factory=absent, description="证件 identity document")
    ethnic_group: EthnicGroup | None = Field(
        default=None, description="民族 GB/T 3304, numeric; null removes it", examples=["08"]
    )
    phone: Phone | None = Field(
        default=None, description="电话 mobile or land line number; null removes it", examples=["13800000000"]
    )
    address: Text | None = Field(
        default=None, description="住址 address in words; null removes it", examples=["岑城镇探花村示例路1号"]
    )

    undocumented: NoDocumentYet | None = Field(
        default=None, description="无证件 why there is no document, and until when; null removes it"
    )

    @field_validator("name", "sex", "birth_date", "document", mode="before")
    @classmethod
    def _stays(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("not_removable", "此项不能为空；不更正的，请不要填写此项")
        return value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("empty_correction", "请至少填写一项要更正的内容")
        return self

    def correction(self) -> Correction:
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "document" in given:
            given["document"] = self.document.identity()
        if self.undocumented is not None:
            given["undocumented"] = self.undocumented.undocumented()
        return Correction(given)
