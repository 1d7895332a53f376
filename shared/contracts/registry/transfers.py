"""迁移申请: somebody of one village is asked for by another, and moves when the first one confirms. Names no person."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.postings import Book
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class TransferStatus(NamedCode):
    """Where a request for a transfer stands. `lapsed`: nobody confirmed it within the limit."""

    REQUESTED = "requested", "待确认"
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期失效"
    REVERSED = "reversed", "已撤销"


class TransferState(State):
    """A request for a transfer. Whether anybody was meant by it shows only once somebody has moved."""

    noun: ClassVar = "registry.transfer"
    channel: ClassVar = Topic(
        noun,
        "registry.transfers",
        readers=("indicators",),
        tells=(
            "哪个村何时申请迁入、迁入哪些账簿、办到哪一步、确认后迁入几人",
            "which village asked for a transfer and when, into which books, how far it got, how many moved",
        ),
    )
    id: UUID = Field(description="迁移申请标识 id of the request", examples=["0197d0c0-7b01-7b02-8c03-0d04e05f0604"])
    area: AreaCode = Field(description="迁入地 village (12 digits) or grid (15) that asks", examples=["450481114201"])
    books: tuple[Book, ...] = Field(
        description="账簿 what is to move: residence, registration or both", examples=[["residence"]]
    )
    household: Code | None = Field(
        default=None, description="户别 legal or living if the whole household is to move; else null"
    )
    status: TransferStatus = Field(description="状态 where the request stands", examples=["requested"])
    refusal: Code | None = Field(default=None, description="不同意原因 why it was refused; null if it was not")
    occurred_on: date = Field(description="发生日 day of the move", examples=["2026-11-02"])
    requested_on: date = Field(description="申请日 day on which it was asked for", examples=["2026-11-03"])
    due_on: date = Field(description="期限 last day on which it can be confirmed by hand", examples=["2026-11-10"])
    decided_on: date | None = Field(default=None, description="办结日 day on which it ended; null while it waits")
    moved: int = Field(default=0, description="迁入人数 how many have moved by it")


class TransferRequested(Fact[TransferState]):
    """A village asked for somebody; whether there is such a person is told to nobody."""

    type: ClassVar = "registry.transfer.requested"


_DECIDED = {"version": 2, "decided_on": "2026-11-05"}


class TransferConfirmed(Fact[TransferState]):
    """The holding village, or the rule after the limit, confirmed it: the person or household has moved."""

    type: ClassVar = "registry.transfer.confirmed"
    example: ClassVar = {"state": {**_DECIDED, "status": "confirmed", "moved": 1}}


class TransferRefused(Fact[TransferState]):
    """The holding village did not agree."""

    type: ClassVar = "registry.transfer.refused"
    example: ClassVar = {"state": {**_DECIDED, "status": "refused", "refusal": "did_not_move"}}


class TransferWithdrawn(Fact[TransferState]):
    """The village that asked took it back."""

    type: ClassVar = "registry.transfer.withdrawn"
    example: ClassVar = {"state": {**_DECIDED, "status": "withdrawn"}}


class TransferLapsed(Fact[TransferState]):
    """The limit is over, and nobody confirmed it."""

    type: ClassVar = "registry.transfer.lapsed"
    example: ClassVar = {"state": {**_DECIDED, "status": "lapsed", "decided_on": "2026-11-11"}}


class TransferRescheduled(Fact[TransferState]):
    """The limit was computed again, because the working calendar was set."""

    type: ClassVar = "registry.transfer.rescheduled"
    example: ClassVar = {"state": {"version": 2, "due_on": "2026-11-11"}}


class TransferReversed(Fact[TransferState]):
    """The moves that it led to were taken back, all of them."""

    type: ClassVar = "registry.transfer.reversed"
    example: ClassVar = {"state": {**_DECIDED, "version": 3, "status": "reversed", "moved": 0}}


class TransferRestated(Fact[TransferState]):
    """The same version again, on request."""

    type: ClassVar = "registry.transfer.restated"
