"""Tags as JSON."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, View


class StartTag(Body):
    """A tag that begins."""

    code: str = Field(pattern=r"^[a-z_]{1,64}$", examples=["elder_alone"])
    started_on: date
    level: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    source: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,64}$", examples=["civil_affairs"])


class EndTag(Body):
    """The end of a tag: the first day on which it no longer holds."""

    ended_on: date


class TagView(View):
    """A tag of a person."""

    id: UUID
    version: int
    person_id: UUID
    code: str
    level: str | None
    source: str | None
    started_on: date
    ended_on: date | None


class TagsView(View):
    """A person's tags, oldest first."""

    items: list[TagView]
