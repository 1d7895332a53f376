"""Lists (名单) that departments deliver (`county.inbound.lists`): who receives what, as of a day, in parts."""

from datetime import date
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.county.submission import CompactJwe, Incoming, Submission
from shared.contracts.topic import inbound_topic
from shared.reference.named_code import NamedCode

MAX_ROWS = 100
"""Rows of one part: what fits into one event with its numbers encrypted."""
MAX_PARTS = 1_000

TOKEN = "^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$"  # noqa: S105  # a pattern
"""The sender's own name of a list or of a row: never a person's number."""

Token = Annotated[str, StringConstraints(pattern=TOKEN)]
ListArea = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")]
"""An unpadded area code: a county (6 digits), a town (9) or a village (12)."""


class ListKind(NamedCode):
    """What a list says of the persons on it."""

    MINIMUM_LIVING = "minimum_living", "最低生活保障（低保）"
    EXTREME_POVERTY = "extreme_poverty", "特困人员救助供养"
    DISABLED = "disabled", "持证残疾人"
    OLD_AGE_ALLOWANCE = "old_age_allowance", "高龄津贴"
    ORPHAN = "orphan", "孤儿基本生活保障"
    PREFERENTIAL = "preferential", "优待抚恤"


class ListRow(Incoming):
    """One person on the list (名单行): by the register's id, or by the number that `personal` has for this row."""

    row: Token = Field(description="行号 the sender's name of the row, once in a list", examples=["DB-0017"])
    person_id: UUID | None = Field(
        default=None,
        description="居民编号 id of the person in the register; null if `personal` has the number",
        examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"],
    )
    since: date = Field(description="起始日 first day on which it holds", examples=["2026-01-01"])
    level: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9]{1,8}$")] | None = Field(
        default=None, description="等级 grade within the kind, if it has any", examples=["2"]
    )
    monthly_fen: Annotated[int, Field(ge=0, le=100_000_000)] | None = Field(
        default=None,
        description="月标准（分） what is paid a month, in fen; null if nothing or unknown",
        examples=[64000],
    )


class RowNumber(Incoming):
    """The identity number of the person of a row."""

    row: Token = Field(description="行号 the row it belongs to", examples=["DB-0017"])
    number: Annotated[str, StringConstraints(min_length=15, max_length=40)] = Field(
        description="身份证号码 the citizen's number, 18 or 15 places", examples=["45048119900307019X"]
    )


class ListPersonal(Incoming):
    """What stands inside the JWE, as JSON: the only place for identity numbers. Names are not asked for."""

    numbers: Annotated[list[RowNumber], Field(min_length=1, max_length=MAX_ROWS)] = Field(description="证件号码 by row")


class ListSubmitted(Submission):
    """A part of a list (名单) of those who receive something in an area, as of a day.

    `list_id` names the list; its parts say the same of kind, area, day and number of parts, and may come in any order.
    A list is complete with its last part. It takes the place of the list of that kind and area which the same source
    delivered before: whoever is no longer on it is proposed to be ended. An empty list has one part without rows.
    """

    noun: ClassVar = "county.list"
    type: ClassVar = "county.list.submitted"
    channel: ClassVar = inbound_topic(noun, "county.inbound.lists", reader="registry")
    answers: ClassVar = "registry.list_outcomes"
    personal_class: ClassVar = ListPersonal
    example: ClassVar = {
        "kind": "minimum_living",
        "list_id": "DB-2026-11",
        "area": "450481",
        "as_of": "2026-11-20",
        "part": 1,
        "parts": 1,
        "rows": [
            {"row": "DB-0017", "person_id": None, "since": "2026-01-01", "level": "2", "monthly_fen": 64000},
            {"row": "DB-0018", "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", "since": "2025-07-01"},
        ],
        "personal": "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a2V5.aXY.Y2lwaGVydGV4dA.dGFn",
    }
    kind: ListKind = Field(description="名单类别 what the persons on it receive or are", examples=["minimum_living"])
    list_id: Token = Field(description="名单编号 the sender's name of the list", examples=["DB-2026-11"])
    area: ListArea = Field(
        description="区划代码 county, town or village for which the list is complete", examples=["450481"]
    )
    as_of: date = Field(description="数据日期 day on which the list is so; not in the future", examples=["2026-11-20"])
    part: Annotated[int, Field(ge=1, le=MAX_PARTS)] = Field(description="第几部分 number of this part", examples=[1])
    parts: Annotated[int, Field(ge=1, le=MAX_PARTS)] = Field(description="共几部分 how many there are", examples=[1])
    rows: Annotated[list[ListRow], Field(max_length=MAX_ROWS)] = Field(description="名单行 the persons on this part")
    personal: CompactJwe | None = Field(
        default=None,
        description="加密内容 compact JWE of the numbers (county.list.personal.v1); null if every row has an id",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.part > self.parts:
            raise PydanticCustomError("part", "a part is one of the parts")
        if len({one.row for one in self.rows}) != len(self.rows):
            raise PydanticCustomError("row_twice", "a row is named once")
        return self
