"""Bodies of verifications (核实)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.registry.life_events.domain import ReversalReason
from services.registry.persons.schemas import NameView
from services.registry.verifications.domain import FieldGroup
from services.registry.verifications.service import DuePerson, KnownGroup
from shared.http.schemas import Body, CodeWord, Day, EachOnce, Instant, View

Groups = Annotated[list[FieldGroup], EachOnce, Field(min_length=1, max_length=len(FieldGroup))]


class VerifyPerson(Body):
    """Somebody looked at these groups of a person, and they are so."""

    groups: Groups = Field(description="信息类组 field groups that were looked at", examples=[["contact", "places"]])
    verified_on: Day | None = Field(default=None, description="核实日 day on which somebody looked; today if absent")
    source: CodeWord | None = Field(default=None, description="来源 what it was seen by", examples=["visit"])


class UnverifyPerson(Body):
    """Groups whose last look is taken back, and why."""

    groups: Groups = Field(description="信息类组 field groups whose last look is taken back", examples=[["contact"]])
    reason: ReversalReason = Field(description="原因 why it is taken back", examples=["wrong_person"])


class VerificationView(View):
    """A field group of a person, with its last look."""

    group: FieldGroup = Field(description="信息类组 identity, contact, places or household")
    verified_on: date | None = Field(description="核实日 day of the last look; null before the first")
    verified_by: str | None = Field(description="核实人 who entered it, subject of the token", examples=["clerk-7"])
    verified_at: Instant | None = Field(description="登记时间 when it was entered")
    source: str | None = Field(description="来源 what it was seen by; null if not stated", examples=["visit"])
    due_on: date = Field(description="应核实日 day from which it is due to be looked at again")

    @classmethod
    def of(cls, one: KnownGroup) -> Self:
        last = one.known.last
        return cls(
            group=one.known.group,
            verified_on=last.verified_on if last else None,
            verified_by=last.by if last else None,
            verified_at=last.at if last else None,
            source=last.source if last else None,
            due_on=one.due_on,
        )


class VerificationsView(View):
    """The field groups of a person."""

    person_id: UUID = Field(description="居民标识 id of the person")
    items: list[VerificationView] = Field(description="核实情况 each group once")


class DuePersonView(View):
    """Somebody to be visited."""

    person: NameView = Field(description="居民 masked")
    groups: list[VerificationView] = Field(description="待核实 the groups that are due")

    @classmethod
    def of(cls, one: DuePerson) -> Self:
        return cls(person=NameView.of(one.person), groups=[VerificationView.of(group) for group in one.groups])


class DueCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
