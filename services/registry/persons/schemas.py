"""Persons as JSON."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.extracts.service import Audience, ExtractField
from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place, ResidenceKind
from services.registry.persons.domain import Correction, Identity, NewPerson
from services.registry.persons.service.disclosures import Disclosed
from shared.auth.access_log import Purpose
from shared.contracts.registry import PersonStatus
from shared.http.schemas import Body, Instant, View
from shared.reference.documents import DocumentType

VillageOrGrid = Annotated[str, StringConstraints(pattern=r"^\d{12}(\d{3})?$")]
RegisteredArea = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$")]
Sex = Literal["0", "1", "2", "9"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Residence(Body):
    """Where somebody lives: a village, or a grid of it."""

    area: VillageOrGrid = Field(examples=["450481100201"])
    kind: ResidenceKind = ResidenceKind.REGISTERED

    def place(self) -> Place:
        return Place(self.area, str(self.kind))


class Registration(Body):
    """The registered place (户籍地): a village of this county, or elsewhere, told down to the town at most."""

    area: RegisteredArea = Field(examples=["450481100201"])

    def place(self) -> Place:
        return Place(self.area, REGISTERED_PLACE)


class Document(Body):
    """An identity document."""

    type: DocumentType = DocumentType.CITIZEN_ID
    number: str = Field(min_length=1, max_length=64, examples=["45048119900307019X"])

    def identity(self) -> Identity:
        return Identity(self.type, self.number)


class Entry(StrEnum):
    """How somebody enters the register."""

    BIRTH = "birth"
    MOVE_IN = "move_in"
    ENROLLED = "enrolled"


class RegisterPerson(Body):
    """Somebody who enters the register. A newborn may have no document yet."""

    entry: Entry
    occurred_on: date
    reported_on: date | None = Field(default=None, description="today where absent")
    name: Text = Field(examples=["李秀英"])
    sex: Sex = Field(description="GB/T 2261.1", examples=["2"])
    birth_date: date
    document: Document | None = None
    ethnic_group: str | None = Field(default=None, pattern=r"^\d{2}$", description="GB/T 3304", examples=["08"])
    phone: str | None = Field(default=None, max_length=20)
    address: Text | None = None
    residence: Residence | None = None
    registration: Registration | None = None

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
        )


class CorrectPerson(Body):
    """What is set right; what is absent stays."""

    name: Text | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    document: Document | None = None
    ethnic_group: str | None = Field(default=None, pattern=r"^\d{2}$")
    phone: str | None = Field(default=None, max_length=20)
    address: Text | None = None

    def correction(self) -> Correction:
        return Correction(
            name=self.name,
            sex=self.sex,
            birth_date=self.birth_date,
            document=self.document.identity() if self.document else None,
            ethnic_group=self.ethnic_group,
            phone=self.phone,
            address=self.address,
        )


class SpanView(View):
    """Where something held: `start` inclusive, `end` exclusive or null."""

    area: str
    kind: str
    start: date
    end: date | None


class PersonView(View):
    """A person as this caller may see it."""

    id: UUID
    version: int
    status: PersonStatus
    name: str
    sex: str
    birth_date: date | None = Field(description="null unless shown in full")
    birth_month: str
    document_type: str | None
    document_number: str | None
    ethnic_group: str | None
    phone: str | None
    address: str | None
    died_on: date | None
    residence: list[SpanView]
    registration: list[SpanView]
    full: bool

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
        "full": person.full,
    }


def _span(stored: dict[str, Any]) -> dict[str, Any]:
    """In the order of `SpanView`: jsonb keeps none."""
    return {name: stored[name] for name in SpanView.model_fields}


class NameView(View):
    """What a list of ids needs to show."""

    id: UUID
    name: str
    sex: str
    birth_month: str
    status: PersonStatus
    residence_area: str | None

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


class PersonsView(View):
    """Found persons: one or none."""

    items: list[PersonView]


class NamesView(View):
    """The persons behind the ids that the caller may see; the others are absent."""

    items: list[NameView]


class CountView(View):
    """How many a list has in all."""

    count: int


class SearchPersons(Body):
    """An exact search by number. Numbers travel in bodies only, never in addresses."""

    document_type: DocumentType = DocumentType.CITIZEN_ID
    document_number: str = Field(min_length=1, max_length=64)
    purpose: Purpose


class LookUpPersons(Body):
    """The ids whose names are needed."""

    ids: list[UUID] = Field(min_length=1, max_length=200)
    purpose: Purpose


class SignExtract(Body):
    """What is to be attested, for whom, and why."""

    audience: Audience
    purpose: Purpose
    fields: list[ExtractField] = Field(min_length=1, max_length=len(ExtractField))


class ExtractView(View):
    """A signed extract: a compact JWS that the audience verifies offline."""

    extract: str
    expires_at: Instant


class AccessView(View):
    """One look or change."""

    occurred_at: Instant
    subject: str
    role: str | None
    purpose: str | None
    action: str
    detail: str
    result: str
