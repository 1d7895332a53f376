"""人员标签: tags of special groups, in a care and a sensitive family."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, Month, Part, Span, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class TagContactRole(NamedCode):
    """What somebody is for a person with a tag."""

    GUARDIAN = "guardian", "监护人"
    RESPONSIBLE = "responsible", "责任人"


class TagContact(Part):
    """Whom to ask about the person of a tag: who it is, only the register says, for this id."""

    id: UUID = Field(
        description="联系人标识 id under which the register says who it is",
        examples=["0197d0c0-7b05-7c03-8d04-1e15f06f1705"],
    )
    role: TagContactRole = Field(description="身份 guardian or responsible person", examples=["guardian"])


class _Tag(State):
    """A dated tag with what roll-up needs of its person repeated in it, announced again when that changes."""

    id: UUID = Field(description="标签标识 id of the tag", examples=["0197d0c0-6405-7e54-9072-4e8f90a1b2c3"])
    person_id: UUID = Field(
        description="居民 id of the person who has it", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    code: Code = Field(description="标签代码 code of the tag in its family", examples=["elder_alone"])
    level: Code | None = Field(default=None, description="等级 grade within the tag's code; null if it has none")
    started_on: date = Field(description="开始日 first day on which it holds", examples=["2026-11-01"])
    ended_on: date | None = Field(
        default=None,
        description="结束日 first day on which the tag no longer holds; null while it does",
    )
    residence: tuple[Span, ...] = Field(
        default=(),
        description="居住地 the person's spans of residence, repeated",
        examples=[[{"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": None}]],
    )
    sex: Code = Field(description="性别 the person's, GB/T 2261.1", examples=["1"])
    birth_month: Month = Field(description="出生年月 the person's year and month of birth", examples=["1952-03"])
    contacts: tuple[TagContact, ...] = Field(
        default=(), description="联系人 guardians and responsible persons who are valid, by id and role alone"
    )


class TagState(_Tag):
    """A tag of the care family (留守老人, 独居老人, 低保 …)."""

    noun: ClassVar = "registry.tag"
    channel: ClassVar = Topic(
        noun,
        "registry.tags",
        readers=("grid", "indicators"),
        tells=(
            "某位居民（按标识）有哪些关爱类标签，如残疾及其等级、低保、独居，从何时起",
            "which care tags a person (by id) has, such as disability with its grade or minimum living, since when",
        ),
    )


class TagStarted(Fact[TagState]):
    """A tag was given to a person."""

    type: ClassVar = "registry.tag.started"


class TagEnded(Fact[TagState]):
    """A tag ended, by itself or with the person's death."""

    type: ClassVar = "registry.tag.ended"
    example: ClassVar = {"state": {"version": 2, "ended_on": "2026-12-01"}}


class TagReopened(Fact[TagState]):
    """A tag holds again, because the death that had ended it was taken back."""

    type: ClassVar = "registry.tag.reopened"
    example: ClassVar = {"state": {"version": 3}}


class TagFollowed(Fact[TagState]):
    """What the tag repeats of its person changed."""

    type: ClassVar = "registry.tag.followed"
    example: ClassVar = {"state": {"version": 2}}


class TagContactsChanged(Fact[TagState]):
    """Another guardian or responsible person of the tag is valid, or one no more."""

    type: ClassVar = "registry.tag.contacts_changed"
    example: ClassVar = {
        "state": {
            "version": 2,
            "contacts": [{"id": "0197d0c0-7b05-7c03-8d04-1e15f06f1705", "role": "guardian"}],
        }
    }


class TagRestated(Fact[TagState]):
    """The same version again, on request."""

    type: ClassVar = "registry.tag.restated"


class RestrictedTagState(_Tag):
    """A tag of the sensitive family (社区矫正, 刑满释放 …): its own noun and topic, because access is per topic."""

    noun: ClassVar = "registry.restricted_tag"
    channel: ClassVar = Topic(
        noun,
        "registry.tags_restricted",
        readers=("grid", "indicators"),
        published=False,
        known_by="tag.restricted",
        tells=(
            "某位居民（按标识）有哪些敏感类标签，从何时起",
            "which restricted tags a person (by id) has, and since when",
        ),
    )
    code: Code = Field(description="标签代码 code of the tag in its family", examples=["community_correction"])


class RestrictedTagStarted(Fact[RestrictedTagState]):
    """A tag was given to a person."""

    type: ClassVar = "registry.restricted_tag.started"


class RestrictedTagEnded(Fact[RestrictedTagState]):
    """A tag ended, by itself or with the person's death."""

    type: ClassVar = "registry.restricted_tag.ended"
    example: ClassVar = {"state": {"version": 2, "ended_on": "2026-12-01"}}


class RestrictedTagReopened(Fact[RestrictedTagState]):
    """A tag holds again, because the death that had ended it was taken back."""

    type: ClassVar = "registry.restricted_tag.reopened"
    example: ClassVar = {"state": {"version": 3}}


class RestrictedTagFollowed(Fact[RestrictedTagState]):
    """What the tag repeats of its person changed."""

    type: ClassVar = "registry.restricted_tag.followed"
    example: ClassVar = {"state": {"version": 2}}


class RestrictedTagContactsChanged(Fact[RestrictedTagState]):
    """Another guardian or responsible person of the tag is valid, or one no more."""

    type: ClassVar = "registry.restricted_tag.contacts_changed"
    example: ClassVar = {
        "state": {
            "version": 2,
            "contacts": [{"id": "0197d0c0-7b05-7c03-8d04-1e15f06f1705", "role": "guardian"}],
        }
    }


class RestrictedTagRestated(Fact[RestrictedTagState]):
    """The same version again, on request."""

    type: ClassVar = "registry.restricted_tag.restated"
