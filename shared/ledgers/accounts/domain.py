"""Accounts (往来账户): what is posted, how months are counted, and what is refused."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from shared.errors import DomainError, ErrorKind, Invalid

MAX_AMOUNT = 1_000_000_000_000
"""Largest amount of one side: ten thousand million yuan in fen."""

MAX_BALANCE = 1_000_000_000_000_000
"""Largest balance, above or below zero: whole numbers that every JSON reader holds exactly."""

POSTING, REVERSAL, CLOSING, REOPENING = "post", "reverse", "close_month", "reopen_month"
"""What the access log calls the changes."""


@dataclass(frozen=True)
class SideSent:
    """One side of a posting as it is sent: the kind of the account, its holder, how much, and what the caller saw."""

    account: str
    amount: int
    record_id: UUID | None = None
    area: str | None = None
    expected: int | None = None


@dataclass(frozen=True, repr=False)
class NewPosting:
    """What is posted. The repr shows nothing: a remark may speak of somebody."""

    kind: str
    day: date
    sides: Sequence[SideSent]
    remark: str | None = None


@dataclass(frozen=True)
class Movement:
    """What a posting does to one account: `amount` is what it grows by, `path` the place in the body."""

    account_id: UUID
    kind: str
    area: str
    record_id: UUID | None
    amount: int
    may_be_negative: bool
    path: str
    expected: int | None = None


@dataclass(frozen=True)
class AccountFilter:
    """Which accounts a list shows of what its reader may see. `on`: balances of that day; None: of today."""

    area: str | None = None
    kind: str | None = None
    record_id: UUID | None = None
    on: date | None = None


def account_id(ledger: str, kind: str, holder: str) -> UUID:
    """The id of the one account of a kind that a holder has in a ledger: known before the account is open."""
    digest = sha256(f"xiangli:account:{ledger}:{kind}:{holder}".encode()).digest()
    return UUID(bytes=digest[:16], version=5)


def month_of(day: date) -> str:
    """`YYYY-MM`."""
    return f"{day:%Y-%m}"


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def above(area: str) -> Sequence[str]:
    """An area's code and those of all that it lies in."""
    return [area[:digits] for digits in (2, 4, 6, 9, 12, 15) if digits <= len(area)]


class LedgerWithoutAccounts(DomainError):
    """The ledger's definition has no accounts."""

    kind, code, title = ErrorKind.CONFLICT, "ledger_without_accounts", "该台账没有往来账户"
    advice = "请选择设有往来账户的台账"


class PostingKindUnknown(Invalid):
    """The ledger has no such kind of posting."""

    code, title = "posting_kind_unknown", "该台账没有这类分录"
    advice = "请从台账列出的分录类别中选择"


class PostingSidesWrong(Invalid):
    """The sides are not those of the kind, in their order."""

    code, title = "posting_sides_wrong", "各方与分录类别不符"
    advice = "请按该类分录规定的账户和顺序逐方填写"


class PostingHolderWrong(Invalid):
    """An account of a record needs a record, one of an area an area, and never both."""

    code, title = "posting_holder_wrong", "账户的归属填写不正确"
    advice = "归属为记录的账户请填记录，归属为区域的账户请填区域"


class PostingAccountRepeated(Invalid):
    """One account stands on two sides of a posting."""

    code, title = "posting_account_repeated", "同一账户在一笔分录中出现两次"
    advice = "请合并为一方，或改选另一账户"


class PostingUnbalanced(Invalid):
    """The sides do not sum to zero; the message tells the difference."""

    code, title = "posting_unbalanced", "各方合计不为零"
    advice = "请核对各方数额，使增加方与减少方相等"


class PostingDayAhead(Invalid):
    """A posting is dated today or earlier."""

    code, title = "posting_day_ahead", "记账日不得晚于今天"
    advice = "请改填今天或以前的日期"


class ReversalTooEarly(Invalid):
    """A reversal is dated no earlier than what it reverses."""

    code, title = "reversal_before_posting", "冲正日不得早于原分录的记账日"
    advice = "请改填原记账日或以后的日期"


class MonthClosed(DomainError):
    """The day lies in a month that is closed where one of the accounts is kept."""

    kind, code, title = ErrorKind.CONFLICT, "month_closed", "该日所在月份已结账"
    advice = "请将记账日改为未结账的月份；确需补记的，请有权限的人员说明理由反结账后再记"


class AccountBelowZero(DomainError):
    """An account that may not be negative would be, on the day or on a later one; the message tells when."""

    kind, code, title = ErrorKind.CONFLICT, "account_below_zero", "账户余额不足"
    advice = "请核对数额和记账日；补记以前的支出时，以后各日的余额也不得为负"


class AccountTooLarge(DomainError):
    """A balance would be larger than what is exact everywhere."""

    kind, code, title = ErrorKind.CONFLICT, "account_too_large", "账户余额超出可记范围"
    advice = "请核对数额；确实如此大的，请联系管理员"


class AccountRecordEnded(DomainError):
    """The record that holds the account is not live any more."""

    kind, code, title = ErrorKind.CONFLICT, "account_record_ended", "账户所属的记录已办结，不能记账"
    advice = "确需记账的，请先重新打开该记录；记错的分录仍可冲正"


class PostingReversed(DomainError):
    """The posting was reversed before."""

    kind, code, title = ErrorKind.CONFLICT, "posting_reversed", "该分录已冲正"
    advice = "请查看冲正分录；需要时请重新记账"


class PostingIsReversal(DomainError):
    """A posting that reverses another is not reversed itself."""

    kind, code, title = ErrorKind.CONFLICT, "posting_is_reversal", "冲正分录不能再冲正"
    advice = "请按原内容重新记账"


class PostingFourEyes(DomainError):
    """Whoever made a posting does not reverse it."""

    kind, code, title = ErrorKind.FORBIDDEN, "posting_four_eyes", "冲正须由记账人以外的人员办理"
    advice = "请由另一位有冲正权限的人员办理"


class NotClosedMonthly(DomainError):
    """The ledger does not close months."""

    kind, code, title = ErrorKind.CONFLICT, "not_closed_monthly", "该台账不按月结账"
    advice = "该台账无须结账，可随时按日查询余额"


class MonthNotOver(Invalid):
    """A month is closed once it is over."""

    code, title = "month_not_over", "该月尚未结束，不能结账"
    advice = "请在次月结账"


class MonthClosedAlready(DomainError):
    """The month, or a later one, is closed there."""

    kind, code, title = ErrorKind.CONFLICT, "month_closed_already", "该月或以后月份已结账"
    advice = "请查看结账列表"


class LaterMonthClosed(DomainError):
    """A later month is closed there: months are reopened from the last one on."""

    kind, code, title = ErrorKind.CONFLICT, "later_month_closed", "以后的月份已结账，须先反结账"
    advice = "请从最近结账的月份开始，依次反结账"


class ClosingReopened(DomainError):
    """The closing was reopened before."""

    kind, code, title = ErrorKind.CONFLICT, "closing_reopened", "该月已反结账"
    advice = "请查看结账列表"


class AccountMoved(DomainError):
    """An account has another version than the one that the caller saw."""

    kind, code, title = ErrorKind.CONFLICT, "account_moved", "该账户已有新的分录，与您看到的余额不同"
    advice = "请重新查看账户余额后再记账；不必核对余额的，不填账户版本"


JUDGED = (MonthClosed, AccountBelowZero, AccountTooLarge)
"""What any movement of accounts is refused for."""
