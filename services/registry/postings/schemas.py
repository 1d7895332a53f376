"""Bodies of the population ledger (人口台账)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.contracts.registry.postings import Book, PostingKind, PostingMark
from shared.http.schemas import View


class BookPostingView(View):
    """A line of the population ledger."""

    id: UUID = Field(description="台账行标识 id of the line")
    person_id: UUID = Field(description="居民 id of the person who came or went")
    book: Book = Field(description="账簿 residence (常住) or registration (户籍)")
    kind: PostingKind = Field(description="变动类别 birth, death, in, out, …")
    area: str = Field(description="区划代码 village whose book it is", examples=["450481100201"])
    amount: int = Field(description="数额 1 or -1")
    occurred_on: date = Field(description="发生日 day on which it happened")
    posted_on: date = Field(description="入账日 day on which it was entered")
    late_on: date | None = Field(
        description="迟报账期首日 first day of the month in which it counts, if its own was closed; else null"
    )
    marks: list[PostingMark] = Field(description="标记 of a birth: how it was attended; of a death: infant, maternal")
    reverses: UUID | None = Field(description="冲销 the line that this one takes back; null if it takes back none")
    elsewhere: bool = Field(description="外地记入 true if somebody entered it whose areas do not hold the village")
