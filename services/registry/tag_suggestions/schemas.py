"""Bodies of suggestions of tags (标签提示)."""

from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.persons.schemas import Sex
from services.registry.persons.service.disclosures import Disclosed
from services.registry.tag_suggestions.domain import GROUNDS, DismissalReason, Ground, SuggestionStatus
from services.registry.tag_suggestions.service import Suggestion
from shared.http.schemas import Body, Day, Instant, View


class ConfirmTagSuggestion(Body):
    """What a clerk has seen: since when the tag holds."""

    started_on: Day = Field(description="开始日 first day on which the tag holds", examples=["2026-03-01"])
    level: str | None = Field(
        default=None, pattern="^[A-Za-z0-9]{1,8}$", description="等级 grade within the tag's code, if it has any"
    )


class DismissTagSuggestion(Body):
    """Why the tag is not started."""

    reason: DismissalReason = Field(description="不认定原因 why the tag is not started", examples=["cared_for"])


class SuggestedPersonView(View):
    """For whom a tag is suggested, masked."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    name: str = Field(description="姓名 masked", examples=["李*英"])
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["2"])
    birth_month: str = Field(description="出生年月 year and month of birth", examples=["1944-03"])
    residence_area: str | None = Field(description="居住地 last residence; null if there was none")

    @classmethod
    def of(cls, person: Disclosed) -> Self:
        record = person.record
        return cls(
            id=record.id,
            name=person.name,
            sex=record.sex,
            birth_month=record.birth_month,
            residence_area=record.residence_area,
        )


class TagSuggestionCount(View):
    """Number of suggestions."""

    count: int = Field(description="数量 suggestions that there are")


class TagSuggestionView(View):
    """A tag of the care family that the register suggests for somebody; a clerk says whether it is so."""

    id: UUID = Field(description="标签提示标识 id of the suggestion")
    version: int = Field(description="版本 grows with every change")
    person: SuggestedPersonView = Field(description="居民 for whom the tag is suggested, masked")
    code: str = Field(description="标签代码 code of the tag in the care family", examples=["elder_alone"])
    ground: Ground = Field(description="依据 what of the register it rests on")
    status: SuggestionStatus = Field(description="状态 open, confirmed, dismissed or lapsed")
    found_at: Instant = Field(description="发现时间 when it came up, or came up again")
    decided_by: str | None = Field(description="办理人 subject of the token that decided; null if nobody has")
    decided_at: Instant | None = Field(description="办理时间 when that was; null if nobody has")
    reason: DismissalReason | None = Field(description="不认定原因 of a dismissed one; else null")
    tag_id: UUID | None = Field(description="标签标识 the tag of a confirmed one; else null")

    @classmethod
    def of(cls, one: Suggestion) -> Self:
        found = one.suggestion
        assert one.person is not None, "a suggestion that is shown has its person"
        return cls(
            id=found.id,
            version=found.version,
            person=SuggestedPersonView.of(one.person),
            code=found.code,
            ground=GROUNDS[found.code],
            status=SuggestionStatus(found.status),
            found_at=found.found_at,
            decided_by=found.decided_by,
            decided_at=found.decided_at,
            reason=None if found.reason is None else DismissalReason(found.reason),
            tag_id=found.tag_id,
        )
