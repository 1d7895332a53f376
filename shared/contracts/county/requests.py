"""Requests (诉求) that county systems send in (`county.inbound.*`): untrusted, strict on reading."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.contracts.envelope import Code
from shared.contracts.points import Point
from shared.contracts.severity import Severity
from shared.contracts.topic import Topic, inbound_topic
from shared.reference.names import MAX_NAME, clean_name
from shared.reference.phones import MAX_PHONE, clean_service_phone

MAX_PERSONAL = 16 * 1024
"""Characters of the compact JWE."""

EVENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$"
"""The `id` attribute: the sender's own number of the event, never a person's number."""

_DAY = "(1[89]|2[0-9])[0-9]{2}(-[0-9]{2}){2}"
_INSTANT = rf"^{_DAY}[Tt][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,9}})?)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$"

VillageOrGrid = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}([0-9]{3})?$")]
"""An unpadded area code of a village or community (12 digits) or of a grid (15)."""


def _rfc3339(value: Any) -> Any:
    """Neither a number (it could be read as seconds since 1970) nor a local time is an instant."""
    if isinstance(value, str) and re.fullmatch(_INSTANT, value, re.ASCII):
        return value
    raise PydanticCustomError("instant", "an instant with its offset is wanted")


Instant = Annotated[
    AwareDatetime, BeforeValidator(_rfc3339), Field(strict=False, json_schema_extra={"pattern": _INSTANT})
]
"""RFC 3339 with an offset, such as `2026-11-22T09:00:00+08:00`."""

CompactJwe = Annotated[
    str,
    StringConstraints(
        max_length=MAX_PERSONAL,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
    ),
]
"""JWE compact serialisation to a key of the deployment: alg ECDH-ES+A256KW (P-256), enc A256GCM, `kid` named."""


class Incoming(BaseModel):
    """A piece of what a county system sends. An unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


PersonalClass = type[Incoming]


class Submission(Incoming):
    """Data of one event type and version that county systems send."""

    noun: ClassVar[str]
    channel: ClassVar[Topic]
    type: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]
    """Its data as an example. An encrypted part is cut short: a real one is longer."""
    schema_version: ClassVar[int] = 1
    personal_class: ClassVar[PersonalClass]  # what stands inside the JWE

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            SUBMISSIONS[cls.type, cls.schema_version] = cls


SUBMISSIONS: dict[tuple[str, int], type[Submission]] = {}
"""Every event type that a county system may send, by (type, schema version)."""


def _caller_name(text: str) -> str:
    name = clean_name(text)
    if not name.valid:
        raise PydanticCustomError("name", "a name of a person is wanted")
    return name.text


def _caller_phone(text: str) -> str:
    phone = clean_service_phone(text)
    if phone is None:
        raise PydanticCustomError("phone", "a mobile, a land line with its area code, or a short number is wanted")
    return phone


class Caller(Incoming):
    """The caller (来电人), as far as they said: name and number in the one form in which the county keeps them."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME), AfterValidator(_caller_name)] | None = (
        Field(
            default=None,
            description="姓名 the caller's name, by the rules for names of residents; not what a system lost (`?`)",
            examples=["示例甲"],
        )
    )
    phone: (
        Annotated[str, StringConstraints(min_length=3, max_length=MAX_PHONE), AfterValidator(_caller_phone)] | None
    ) = Field(
        default=None,
        description="电话 the caller's phone number: a mobile, a land line with its area code, or a short number",
        examples=["0774-8220000"],
    )


class RequestPersonal(Incoming):
    """What stands inside the JWE, as JSON: the only place for names, phone numbers, addresses and free text."""

    caller: Caller = Field(default=Caller(), description="来电人 who called, as far as they said")
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(
        description="诉求内容 what was said, in words", examples=["路边垃圾无人清运"]
    )
    address: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(
        default=None, description="事发地址 where it is, in words", examples=["三堡镇示例路1号"]
    )


class RequestSubmitted(Submission):
    """A request (诉求) that the county's hotline (12345) took and hands on to the grid.

    Coded fields only; what speaks of people stands encrypted in `personal`. At least one of `area` and `point` is
    given.
    """

    noun: ClassVar = "county.request"
    type: ClassVar = "county.request.submitted"
    channel: ClassVar = inbound_topic(noun, "county.inbound.requests", reader="grid")
    personal_class: ClassVar = RequestPersonal
    example: ClassVar = {
        "received_at": "2026-11-22T09:00:00+08:00",
        "category": "environment",
        "severity": "normal",
        "area": "450481114201",
        "point": None,
        "personal": "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a2V5.aXY.Y2lwaGVydGV4dA.dGFn",
    }
    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["area"], "properties": {"area": {"type": "string"}}},
                {"required": ["point"], "properties": {"point": {"type": "object"}}},
            ]
        }
    )

    received_at: Instant = Field(
        description="受理时间 when the hotline took it; not in the future", examples=["2026-11-22T09:00:00+08:00"]
    )
    category: Code = Field(
        description="事件类别 of the dictionary in force: GET /grid/v1/incident-dictionary", examples=["environment"]
    )
    severity: Severity = Field(
        default=Severity.NORMAL, description="等级 normal, serious or urgent", examples=["normal"]
    )
    area: VillageOrGrid | None = Field(
        default=None,
        description="所属区域 village (12 digits) or grid (15); null if only a point is known",
        examples=["450481114201"],
    )
    point: Point | None = Field(default=None, description="位置 where it is, in WGS 84; null if only the area is known")
    personal: CompactJwe | None = Field(
        default=None,
        description="加密内容 compact JWE of what speaks of people (county.request.personal.v1); null if nothing does",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.area is None and self.point is None:
            raise PydanticCustomError("place_missing", "area or point is wanted")
        return self


INBOUND: dict[str, type[Submission]] = {RequestSubmitted.noun: RequestSubmitted}
"""The newest class of every inbound noun: each has one topic in the catalogue."""
