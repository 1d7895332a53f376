"""Requests (诉求) that county systems send in (`county.inbound.requests`): untrusted, strict on reading."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.county.submission import CompactJwe, Incoming, Instant, Submission
from shared.contracts.envelope import Code
from shared.contracts.points import Point
from shared.contracts.severity import Severity
from shared.contracts.topic import inbound_topic
from shared.reference.named_code import NamedCode
from shared.reference.names import MAX_NAME, clean_name
from shared.reference.phones import MAX_PHONE, clean_service_phone


class RequestOrigin(NamedCode):
    """Through what somebody turned to the county: its hotline, or a call terminal at home or on the body."""

    HOTLINE = "hotline", "热线"
    TERMINAL = "terminal", "呼叫终端"


VillageOrGrid = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}([0-9]{3})?$")]
"""An unpadded area code of a village or community (12 digits) or of a grid (15)."""


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
    """A request (诉求) that the county's hotline (12345) took, or an alarm of a call terminal, for the grid.

    Coded fields only; what speaks of people stands encrypted in `personal`. At least one of `area` and `point` is
    given.
    """

    noun: ClassVar = "county.request"
    type: ClassVar = "county.request.submitted"
    channel: ClassVar = inbound_topic(noun, "county.inbound.requests", reader="grid")
    answers: ClassVar = "grid.inbound_outcomes"
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
    origin: RequestOrigin = Field(
        default=RequestOrigin.HOTLINE,
        description="来件渠道 hotline, or terminal (呼叫终端报警): an alarm is answered within the county's minutes",
        examples=["hotline"],
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
