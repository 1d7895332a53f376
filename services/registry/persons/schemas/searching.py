"""Bodies of searches for persons (居民), by number, by name and by id."""

from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.persons.domain.likeness import Likeness
from services.registry.persons.schemas.views import NameView, PersonView
from services.registry.persons.service.suspects import Suspect
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, View
from shared.reference.documents import DocumentType


class PersonsView(View):
    """Result of a search by number: one person or none."""

    items: list[PersonView] = Field(description="居民 one person or none")


class NamedView(View):
    """Result of a search by name: those of the caller's areas."""

    items: list[PersonView] = Field(description="居民 persons who are so called, masked, at most fifty")
    more: bool = Field(description="未列全 true if there are more of them: narrow the area or write the full name")


class NamesView(View):
    """Persons by id; those outside the caller's scope are left out."""

    items: list[NameView] = Field(description="居民 those that the caller may see")


class CountView(View):
    """Length of a list."""

    count: int = Field(description="数量 persons that the list has in all")


class SearchPersons(Body):
    """An exact search by document number. Numbers are sent in bodies only, never in URLs."""

    document_type: DocumentType = Field(
        default=DocumentType.CITIZEN_ID, description="证件类型 kind of identity document"
    )
    document_number: str = Field(
        min_length=1, max_length=64, description="证件号码 the exact number", examples=["45048119900307019X"]
    )
    purpose: Purpose = Field(description="用途 why the data is looked at; kept in the access log")


class SearchByName(Body):
    """A search by name, by its pinyin or by the initials of it. Names are sent in bodies only, never in URLs."""

    name: str = Field(
        min_length=2,
        max_length=100,
        description="姓名 the full name, its pinyin without tones, or its initials",
        examples=["qinxiuying"],
    )
    area: AreaCode | None = Field(
        default=None, description="区划代码 only in this part of the caller's areas", examples=["450481100201"]
    )
    purpose: Purpose = Field(description="用途 why the data is looked at; kept in the access log")


class LookUpPersons(Body):
    """Ids of persons whose names are needed."""

    ids: list[UUID] = Field(min_length=1, max_length=200, description="居民 ids of up to 200 persons")
    purpose: Purpose = Field(description="用途 why the data is looked at; kept in the access log")


class ReasonView(View):
    """One thing that two persons have in common, or that speaks against it."""

    code: Likeness = Field(description="理由 what they have in common", examples=["name"])
    points: int = Field(description="分值 what it counts; negative if it speaks against", examples=[45])


class SuspectView(View):
    """Somebody who may be the person to be entered."""

    person: NameView = Field(description="居民 masked")
    score: int = Field(description="合计分值 sum of the points; from 70 on somebody is asked about", examples=[80])
    reasons: list[ReasonView] = Field(description="理由 each with its points")

    @classmethod
    def of(cls, suspect: Suspect) -> Self:
        reasons = [ReasonView(code=code, points=points) for code, points in suspect.reasons.items()]
        return cls(person=NameView.of(suspect.person), score=suspect.score, reasons=reasons)


class SuspectsView(View):
    """Persons of the caller's areas who may be the one to be entered, the likeliest first."""

    items: list[SuspectView] = Field(description="疑似重复 at most twenty")
    confirmation: str | None = Field(
        description="核对标记 sent with the registration, it says that these are others; for this caller, today",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
