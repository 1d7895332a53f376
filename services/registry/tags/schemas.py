"""Tags as JSON."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, View


class StartTag(Body):
    """A tag that begins."""

    code: str = Field(pattern="^[a-z_]{1,64}$", examples=["elder_alone"], description="代码 value of a code list")
    started_on: date = Field(description="开始日 first day of the tag")
    level: str | None = Field(default=None, pattern="^[A-Za-z0-9_.-]{1,64}$", description="级别 level", examples=["b"])
    source: str | None = Field(
        default=None,
        pattern="^[A-Za-z0-9_.-]{1,64}$",
        examples=["civil_affairs"],
        description="来源 where it came from",
    )


class EndTag(Body):
    """The end of a tag: the first day on which it no longer holds."""

    ended_on: date = Field(description="结束日 first day on which the tag no longer holds; null while it does")


class TagView(View):
    """A tag of a person."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    person_id: UUID = Field(description="居民 id of the person in the register")
    code: str = Field(description="代码 value of a code list", examples=["elder_alone"])
    level: str | None = Field(description="级别 level", examples=["b"])
    source: str | None = Field(description="来源 where it came from", examples=["patrol"])
    started_on: date = Field(description="开始日 first day of the tag")
    ended_on: date | None = Field(description="结束日 first day on which the tag no longer holds; null while it does")


class TagsView(View):
    """A person's tags, oldest first."""

    items: list[TagView] = Field(description="条目 rows")
