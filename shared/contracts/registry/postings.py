"""人口台账: lines of the population ledger."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class Book(NamedCode):
    """The two books of the population ledger."""

    RESIDENCE = "residence", "常住"
    REGISTRATION = "registration", "户籍"


class PostingKind(NamedCode):
    """Why a line was entered. A reversal has the kind of the line that it reverses, and the opposite amount."""

    OPENING = "opening", "期初"
    BIRTH = "birth", "出生"
    IN = "in", "迁入"
    TRANSFER_IN = "transfer_in", "县内迁入"
    BOUNDARY_IN = "boundary_in", "区划调整划入"
    RESTORED = "restored", "恢复"
    CORRECTION = "correction", "更正"
    DEATH = "death", "死亡"
    OUT = "out", "迁出"
    TRANSFER_OUT = "transfer_out", "县内迁出"
    BOUNDARY_OUT = "boundary_out", "区划调整划出"
    MERGED = "merged", "合并"


class PostingMark(NamedCode):
    """What a line of births or deaths is counted by besides."""

    DELIVERED_IN_FACILITY = "delivered_in_facility", "住院分娩"
    DELIVERED_ELSEWHERE = "delivered_elsewhere", "非住院分娩"
    ATTENDED = "attended", "新法接生"
    UNATTENDED = "unattended", "非新法接生"
    INFANT = "infant", "未满一周岁死亡"
    MATERNAL = "maternal", "孕产妇死亡"


class PostingState(State):
    """One line of the population ledger, kept for ever."""

    noun: ClassVar = "registry.posting"
    channel: ClassVar = Topic(
        noun,
        "registry.postings",
        readers=("indicators",),
        tells=(
            "每位居民（按标识）何时出生、死亡、迁入、迁出及所在村",
            "when a person (by id) was born, died, came or left, and in which village",
        ),
    )
    id: UUID = Field(description="入账标识 id of the line", examples=["0197d0c0-6506-7f65-8183-5f90a1b2c3d4"])
    person_id: UUID = Field(
        description="居民 person whom the line counts", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    book: Book = Field(description="账簿 residence (常住) or registration (户籍)", examples=["residence"])
    kind: PostingKind = Field(description="变动类别 birth, death, in, out, …", examples=["in"])
    area: AreaCode = Field(description="区划代码 the village, 12 digits", examples=["450481114201"])
    amount: int = Field(description="数额 +1 or -1", examples=[1])
    occurred_on: date = Field(description="发生日 day on which it happened", examples=["2026-11-01"])
    posted_on: date = Field(description="入账日 day on which the line was entered", examples=["2026-11-02"])
    late_on: date | None = Field(
        default=None,
        description="迟报账期首日 first day of the month in whose books it counts, if its own was closed; else null",
    )
    marks: tuple[PostingMark, ...] = Field(
        default=(),
        description="标记 of a birth: where and by whom it was attended, if known; of a death: infant, maternal",
        examples=[["delivered_in_facility", "attended"]],
    )
    reverses: UUID | None = Field(
        default=None, description="冲销 id of the line that this one takes back; null for an ordinary line"
    )


class PostingEntered(Fact[PostingState]):
    """A line was entered; it never changes."""

    type: ClassVar = "registry.posting.entered"


class PostingRestated(Fact[PostingState]):
    """The same line again, on request."""

    type: ClassVar = "registry.posting.restated"
