"""Bodies of tags (人员标签)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.registry.persons.schemas import Sex
from services.registry.tags.domain import Family
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
        description="等级 grade within the tag's code, one of those that the catalogue lists if it lists any",
        examples=["2"],
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
    level: str | None = Field(description="等级 grade within the tag's code; null if it has none", examples=["2"])
    source: str | None = Field(
        description="来源 department or list that says so; null if not stated", examples=["civil_affairs"]
    )
    started_on: date = Field(description="开始日 first day of the tag")
    ended_on: date | None = Field(description="结束日 first day on which it no longer holds; null while it does")


class TagsView(View):
    """A person's tags, oldest first."""

    items: list[TagView] = Field(description="标签 oldest first")


class TagLevelView(View):
    """A grade of a tag."""

    code: str = Field(description="等级代码 code of the grade", examples=["2"])
    title: str = Field(description="等级名称 what it is called", examples=["二级"])


class TagKindView(View):
    """A tag of the catalogue: who may carry it, by which source."""

    code: str = Field(description="标签代码 code of the tag in its family", examples=["elder_alone"])
    title: str = Field(description="标签名称 what it is called", examples=["独居老人"])
    family: Family = Field(description="标签大类 care or sensitive: decides who may see it", examples=["care"])
    levels: list[TagLevelView] = Field(description="等级 its grades; empty if none are listed")
    min_age: int | None = Field(
        description="最低年龄 completed years on its first day; null without one", examples=[60]
    )
    below_age: int | None = Field(description="年龄上限 completed years that it is carried below; null without one")
    sex: Sex | None = Field(description="性别 GB/T 2261.1 if only one carries it", examples=["2"])
    lives_here: bool = Field(description="须在本县居住 whether its person has to live in the county")
    source: str | None = Field(description="依据 law or document; null if everybody alive may carry it")
    needs_guardian: bool = Field(description="须有监护人 whether a guardian has to be known")
    guardian_source: str | None = Field(description="监护依据 law that asks for one; null if none does")


class TagCatalogueView(View):
    """Every tag of both families."""

    items: list[TagKindView] = Field(description="标签目录 care family first")
