"""Persons (居民) as they are shown."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, WithJsonSchema

from services.registry.life_events.domain import REGISTERED_PLACE, ResidenceKind
from services.registry.persons.domain import NoDocument, PersonRecord
from services.registry.persons.schemas.writing import Sex
from services.registry.persons.service.disclosures import Disclosed
from shared.contracts.registry.persons import PersonStatus
from shared.http.schemas import View
from shared.reference.documents import DocumentType

SpanKind = Annotated[str, WithJsonSchema({"type": "string", "enum": [*map(str, ResidenceKind), REGISTERED_PLACE]})]
"""Of a residence its kind; a registered place has one kind only."""


class SpanView(View):
    """A span of residence or registration: `start` inclusive, `end` exclusive or null."""

    area: str = Field(
        description="区划代码 village or grid; of a registered place also an area elsewhere", examples=["450481100201"]
    )
    kind: SpanKind = Field(
        description="类别 registered, floating, left_behind, overseas; household for a registered place",
        examples=["registered"],
    )
    start: date = Field(description="起始日 first day")
    end: date | None = Field(description="截止日 end of the span, exclusive; null while it lasts")


class UndocumentedView(View):
    """Why somebody has no identity document, and when it is looked after."""

    reason: NoDocument = Field(description="无证原因 why there is no document", examples=["lost"])
    due_on: date = Field(description="补办期限 day by which it is looked after")


class PersonView(View):
    """A person as this caller may see it."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    version: int = Field(description="版本 counts the changes of the person, from 1")
    status: PersonStatus = Field(description="状态 active, moved_out, deceased, missing, merged or annulled")
    merged_into: UUID | None = Field(
        description="合并至 id of the person who goes on for this one, to be read next; null unless merged"
    )
    name: str = Field(description="姓名 masked unless asked for in full", examples=["李*英"])
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["1"])
    birth_date: date | None = Field(
        description="出生日期 null unless shown in full; of who was entered by birth, spans begin on it"
    )
    birth_month: str = Field(description="出生年月 year and month of birth", examples=["1990-03"])
    document_type: DocumentType | None = Field(
        description="证件类型 kind of identity document", examples=["citizen_id"]
    )
    document_number: str | None = Field(
        description="证件号码 masked unless asked for in full", examples=["450481********019X"]
    )
    ethnic_group: str | None = Field(description="民族 GB/T 3304, numeric", examples=["08"])
    phone: str | None = Field(description="电话 masked unless asked for in full", examples=["138****0000"])
    address: str | None = Field(
        description="住址 down to the village, unless asked for in full", examples=["岑溪市岑城镇探花村村委会****"]
    )
    died_on: date | None = Field(description="死亡日期 day of death; null while alive")
    residence: list[SpanView] = Field(description="居住地 spans of residence, oldest first")
    registration: list[SpanView] = Field(description="户籍地 spans of the registered place, oldest first")
    undocumented: UndocumentedView | None = Field(
        description="无证件 why there is no document, and until when; null for who has one, and for newborns"
    )
    full: bool = Field(description="全量 true if nothing is masked")

    @classmethod
    def of(cls, person: Disclosed) -> Self:
        return cls.model_validate(fields_of(person))


def fields_of(person: Disclosed) -> dict[str, Any]:
    """The fields of a `PersonView`, in its order."""
    record = person.record
    return {
        "id": str(record.id),
        "version": record.version,
        "status": record.status,
        "merged_into": None if record.merged_into is None else str(record.merged_into),
        "name": person.name,
        "sex": record.sex,
        "birth_date": record.birth_date if person.full else None,
        "birth_month": record.birth_date.isoformat()[:7],
        "document_type": record.document_type,
        "document_number": person.number,
        "ethnic_group": record.ethnic_group,
        "phone": person.phone,
        "address": person.address,
        "died_on": record.died_on,
        "residence": [_span(span) for span in record.residence],
        "registration": [_span(span) for span in record.registration],
        "undocumented": _undocumented(record),
        "full": person.full,
    }


def _undocumented(record: PersonRecord) -> dict[str, Any] | None:
    if record.undocumented_due_on is None:
        return None
    return {"reason": record.undocumented_reason, "due_on": record.undocumented_due_on.isoformat()}


def _span(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored span in the order of `SpanView`'s fields: jsonb keeps no order."""
    return {name: stored[name] for name in SpanView.model_fields}


class NameView(View):
    """A person as a list shows it: masked name, sex, month of birth, status, residence."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    name: str = Field(description="姓名 masked", examples=["李*英"])
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["1"])
    birth_month: str = Field(description="出生年月 year and month of birth", examples=["1990-03"])
    status: PersonStatus = Field(description="状态 active, moved_out or deceased")
    residence_area: str | None = Field(
        description="居住地 last residence; null if there was none", examples=["450481100201001"]
    )

    @classmethod
    def of(cls, person: Disclosed) -> Self:
        record = person.record
        return cls(
            id=record.id,
            name=person.name,
            sex=record.sex,
            birth_month=f"{record.birth_date:%Y-%m}",
            status=PersonStatus(record.status),
            residence_area=record.residence_area,
        )
