"""State, fact and the CloudEvents attributes round them.

A *state* is what its owner holds of one aggregate after a change: whole, identifier-free, at most 64 KiB. A *fact*
names the change and carries the state. One aggregate version has exactly one fact.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.topic import Topic

MAX_STATE_BYTES = 64 * 1024
MAX_COUNT = 2**63 - 1
"""Largest `sequence` and `revision`: what a bigint of PostgreSQL and a long of Java hold."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Bounds of an event's `time`: inside every calendar, whatever the offset."""
MAX_SUBJECT = 256
"""Characters of a `subject`, the key of an aggregate in every index."""

_AREA = r"^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3}([0-9]{3})?)?)?)?)?$"
AreaCode = Annotated[str, StringConstraints(pattern=_AREA)]
"""An unpadded area code: 2, 4, 6, 9, 12 or (grid) 15 digits."""

Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A calendar month, `YYYY-MM`. A birth date travels as this."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
"""A value of a code list, never free text."""


class Part(BaseModel):
    """A piece of a state. Unknown fields are ignored on reading: a newer owner may add optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class Span(Part):
    """Where something held, and when: `start` inclusive, `end` exclusive or open."""

    area: AreaCode = Field(description="区划代码 where: 2 to 12 digits, 15 for a grid", examples=["450481114201001"])
    kind: Code = Field(
        description="类别 how: registered, floating, left_behind, overseas; household for a registered place",
        examples=["registered"],
    )
    start: date = Field(description="起始日 first day", examples=["2026-11-01"])
    end: date | None = Field(default=None, description="截止日 end of the span, exclusive; null while it lasts")


class State(Part):
    """What the owner holds of one aggregate. `version` is the aggregate's own counter, from 1 without gaps."""

    noun: ClassVar[str]
    channel: ClassVar[Topic]
    id: UUID | str = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1", examples=[1])

    @property
    def subject(self) -> str:
        """The aggregate's id as text: the message key."""
        return str(self.id)


S = TypeVar("S", bound=State)


class Fact(BaseModel, Generic[S]):
    """Something that happened, in the past tense: `type` is `<service>.<noun>.<fact>`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1
    example: ClassVar[Mapping[str, Any]] = {}
    """What differs from the state's example at the time of the fact, and what the fact carries beside the state."""
    state: S = Field(description="状态全量 the whole state after the change")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            return
        key = (cls.type, cls.schema_version)
        known = FACTS.setdefault(key, cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"two facts are named {key}")
        state = cls.model_fields["state"].annotation
        assert isinstance(state, type)
        assert issubclass(state, State)
        if noun_of(cls.type) != state.noun:
            raise TypeError(f"{cls.type} does not belong to {state.noun}")
        STATES[state.noun] = state

    @classmethod
    def owner(cls) -> str:
        """The service that alone may emit it."""
        return cls.type.split(".", 1)[0]


FACTS: dict[tuple[str, int], type[Fact[Any]]] = {}
"""Every concrete fact by (type, schema version)."""

STATES: dict[str, type[State]] = {}
"""The state class of every noun."""


def noun_of(type_: str) -> str:
    """`registry.person.moved_in` → `registry.person`."""
    return type_.rsplit(".", 1)[0]


def dataschema(type_: str, schema_version: int) -> str:
    """The `dataschema` attribute: a URN, so that no host is promised."""
    return f"urn:xiangli:schema:{type_}:v{schema_version}"


class Envelope(Part):
    """The CloudEvents 1.0 attributes of one event, as they were read or will be written."""

    id: UUID
    source: Annotated[str, StringConstraints(max_length=1024)]
    type: Annotated[str, StringConstraints(max_length=128)]
    time: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SUBJECT, pattern=r"^[^\x00-\x1f\x7f]+$")]
    sequence: int = Field(ge=1, le=MAX_COUNT)
    revision: int = Field(ge=0, le=MAX_COUNT)
    schema_version: int
    traceparent: str | None = None

    @property
    def noun(self) -> str:
        return noun_of(self.type)

    @property
    def order(self) -> tuple[int, int]:
        """What a consumer compares: only a higher `(sequence, revision)` is applied."""
        return (self.sequence, self.revision)
