"""Bodies of discrepancies (账实不符)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.discrepancies.domain import DiscrepancyStatus
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.postings import Book
from shared.http.schemas import Body, Instant, View
from shared.reference.areas import VILLAGE_DIGITS

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class CheckBooks(Body):
    """A comparison of ledger and persons, now."""

    area: AreaCode = Field(
        max_length=VILLAGE_DIGITS, description="区划代码 area whose villages are compared", examples=["450481"]
    )


class ExplainDiscrepancy(Body):
    """Where a difference comes from."""

    note: FreeText = Field(description="说明 in words; kept encrypted", examples=["系统升级时漏记，已报县级处理"])


class DiscrepancyCount(View):
    """Number of discrepancies."""

    count: int = Field(description="数量 discrepancies that there are")


class DiscrepancyView(View):
    """A village whose ledger and whose persons say different numbers in a book."""

    id: UUID = Field(description="账实不符标识 id of the discrepancy")
    version: int = Field(description="版本 grows with every change")
    area: str = Field(description="区划代码 the village", examples=["450481100201"])
    book: Book = Field(description="账簿 residence (常住) or registration (户籍)")
    ledger: int = Field(description="台账数 what the lines of the ledger add up to")
    stock: int = Field(description="在册数 persons who stand in the book; of a closed month what was frozen")
    month: str | None = Field(
        description="月份 of a closed month, whose lines say another number than what was frozen; null for today's"
    )
    status: DiscrepancyStatus = Field(description="状态 open, explained or gone")
    found_at: Instant = Field(description="发现时间 when it was found")
    changed_at: Instant = Field(description="变动时间 when its numbers or its status changed last")
    explained_by: str | None = Field(description="说明人 subject of the token that explained it; null if nobody has")
    note: str | None = Field(description="说明 in words; null in lists")
