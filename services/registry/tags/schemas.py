"""Bodies of tags (人员标签)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, CodeWord, Day, View


class StartTag(Body):
    """Start of a tag."""

    code: str = Field(
        pattern="^[a-z_]{1,64}$", examples=["disabled"], description="标签代码 code of the tag in its family"
    )
    started_on: Day = Field(description="开始日 first day on which it holds")
    level: str | None = Field(
        default=None,
        pattern="^[A-Za-z0-9]{1,8}$",
        description="等级 grade within the tag's code, such as that of a disability",
        examples=["b"],
    )
    source: CodeWord | None = Field(
        default=None,
        examples=["civil_affairs"],
        description="来源 department or list that says so",
    )


class StartRestrictedTag(StartTag):
    """Start of a tag of the sensitive family."""

    code: str = Field(
        pattern="^[a-z_]{1,64}$",
        examples=["severe_mental_disorder"],
        description="标签代码 code of the tag in its family",
    )


class EndTag(Body):
    """The end of a tag: the first day on which it no longer holds."""

    ended_on: Day = Field(description="结束日 first day on which it no longer holds")


class TagView(View):
    """A tag of a person."""

    id: UUID = Field(description="标签标识 id of the tag")
    version: int = Field(description="版本 counts the changes of the tag, from 1")
    person_id: UUID = Field(description="居民 id of the person who has it")
    code: str = Field(description="标签代码 code of the tag in its family", examples=["elder_alone"])
    level: str | None = Field(description="等级 grade within the tag's code; null if it has none", examples=["b"])
    source: str | None = Field(
        description="来源 department or list that says so; null if not stated", examples=["civil_affairs"]
    )
    started_on: date = Field(description="开始日 first day of the tag")
    ended_on: date | None = Field(description="结束日 first day on which it no longer holds; null while it does")


class TagsView(View):
    """A person's tags, oldest first."""

    items: list[TagView] = Field(description="标签 oldest first")
