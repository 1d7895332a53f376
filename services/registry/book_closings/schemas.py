"""Bodies of closed months (月结)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.envelope import AreaCode
from shared.contracts.registry.postings import Book
from shared.http.schemas import Body, Instant, MonthOf, View
from shared.reference.areas import VILLAGE_DIGITS

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class CloseBooks(Body):
    """A month that is over is closed for an area with all that lies in it."""

    area: AreaCode = Field(max_length=VILLAGE_DIGITS, description="区划代码 province to village", examples=["450481"])
    month: MonthOf = Field(description="月份 the month after the last closed one", examples=["2026-02"])


class ReopenBooks(Body):
    """Why a closed month is opened again."""

    reason: FreeText = Field(description="反结账理由 in words; kept encrypted", examples=["二月漏记整组迁入，需补记"])


class ClosingCount(View):
    """Number of closings."""

    count: int = Field(description="数量 closings that there are, reopened ones among them")


class CarriedView(View):
    """What all villages of the area carried through the month in a book, as it was frozen."""

    book: Book = Field(description="账簿 residence (常住) or registration (户籍)")
    opening: int = Field(description="期初 persons before the first day of the month")
    closing: int = Field(description="期末 persons after its last day")


class BookClosingView(View):
    """A month that was closed for an area with all that lies in it."""

    id: UUID = Field(description="结账标识 id of the closing")
    version: int = Field(description="版本 grows with every change")
    area: str = Field(description="区划代码 the area", examples=["450481"])
    month: str = Field(description="月份 the closed month", examples=["2026-02"])
    closed_by: str = Field(description="结账人 subject of the token")
    closed_at: Instant = Field(description="结账时间 when it was closed")
    reopened_by: str | None = Field(description="反结账人 subject of the token; null while the month is closed")
    reopened_at: Instant | None = Field(description="反结账时间 when it was reopened; null while the month is closed")
    reason: str | None = Field(description="反结账理由 in words; null in lists, and while the month is closed")
    carried: list[CarriedView] = Field(description="结转 what was frozen, by book; empty in lists")
