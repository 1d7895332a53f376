"""Rules of closed months (月结): which month is next, from which day on a village's books are open, what is refused."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shared.errors import DomainError, ErrorKind, Invalid


def month_of(day: date) -> str:
    """`YYYY-MM`."""
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def next_month(day: date) -> str:
    """The month after the one whose last day this is."""
    return month_of(day + timedelta(days=1))


def is_of_this_month(occurred_on: date, today: date) -> bool:
    """Whether the day can lie in no closed month while the transaction lasts.

    A month is closed when it is over: on its last day it may be over before the transaction is.
    """
    return month_of(occurred_on) == month_of(today) and month_of(today + timedelta(days=1)) == month_of(today)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a village carries through a closed month in a book: persons before its first day and after its last."""

    area: str
    book: str
    opening: int
    closing: int


@dataclass(frozen=True, slots=True)
class CarriedTotal:
    """The same of all villages of a closing."""

    book: str
    opening: int
    closing: int


@dataclass(frozen=True, slots=True, repr=False)
class ClosingRecord:
    """A closed month as stored. `reason`: why it was reopened; `carried`: the frozen numbers, where they are shown."""

    id: UUID
    version: int
    area: str
    month: str
    closed_by: str
    closed_at: datetime
    reopened_by: str | None
    reopened_at: datetime | None
    reason_sealed: bytes | None
    reason: str | None = None
    carried: tuple[CarriedTotal, ...] = ()


class BookMonthNotOver(Invalid):
    """A month is closed when it is over."""

    code, title = "book_month_not_over", "该月尚未结束，不能月结"
    advice = "请在该月结束后办理"


class BookMonthNotNext(DomainError):
    """Months are closed in order: the one after the last closed one, of the area or one above it."""

    kind, code, title = ErrorKind.CONFLICT, "book_month_not_next", "请按月份顺序结账"
    advice = "请先结最近已结月份之后的一个月"


class BookMonthClosed(DomainError):
    """The month is closed, in the area or in one above it."""

    kind, code, title = ErrorKind.CONFLICT, "book_month_closed", "该月人口台账已结账"
    advice = "请刷新结账列表；之后登记的事项已记入未结账的月份"


class BookMonthReopened(DomainError):
    """The closing was reopened before."""

    kind, code, title = ErrorKind.CONFLICT, "book_month_reopened", "该次结账已反结账"
    advice = "请刷新结账列表"


class LaterBookMonthClosed(DomainError):
    """A later month is closed, or an area above has closed this one: the last one is reopened first."""

    kind, code, title = ErrorKind.CONFLICT, "later_book_month_closed", "之后的月份已结账，或上级区域已结账"
    advice = "请先从最近的月份、最高一级的区域开始反结账"


class BookClosingFourEyes(DomainError):
    """Whoever closed a month does not reopen it."""

    kind, code, title = ErrorKind.FORBIDDEN, "book_closing_four_eyes", "反结账须由结账人以外的人员办理"
    advice = "请由另一位有反结账权限的人员办理"
