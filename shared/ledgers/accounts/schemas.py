"""Bodies of accounts, postings and closed months. Amounts are whole numbers of the ledger's unit."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode, Month
from shared.contracts.ledger_records import FieldName
from shared.exports.domain import ExportFormat
from shared.http.schemas import Body, Day, Instant, Page, View
from shared.ledgers.accounts.domain import MAX_AMOUNT, NewPosting, SideSent
from shared.ledgers.accounts.models import LedgerClosing
from shared.ledgers.accounts.repository.accounts import HeldAccount, Statement, StatementLine
from shared.ledgers.accounts.service.closing import ShownClosing
from shared.ledgers.accounts.service.reads import ShownPosting, TrialBalance
from shared.spreadsheets.csv_writing import Encoding

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

_RECORD, _ACCOUNT = "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f", "5c0a1f6e-2b7d-8e31-9d01-3a4b5c6d7e8f"
_AREA = "450481114201"


class SendSide(Body):
    """One side of a posting: the account of a kind that a record or an area holds."""

    account: FieldName = Field(description="账户类别 kind, as the kind of posting names it", examples=["fund"])
    record_id: UUID | None = Field(
        default=None, description="归属记录 record that holds the account; null: an area does", examples=[None]
    )
    area: AreaCode | None = Field(
        default=None, description="归属区域 area that holds the account; null: a record does", examples=[_AREA]
    )
    amount: int = Field(ge=1, le=MAX_AMOUNT, description="数额 in fen, minutes or pieces", examples=[50000])
    version: int | None = Field(
        default=None,
        ge=0,
        description="账户版本 of the account that the caller saw, 0 for one that is not open; left out: any",
        examples=[0],
    )

    def content(self) -> SideSent:
        return SideSent(
            account=self.account,
            amount=self.amount,
            record_id=self.record_id,
            area=self.area,
            expected=self.version,
        )


_OTHER_SIDE = {"account": "donors", "area": _AREA, "amount": 50000}


class SendPosting(Body):
    """A posting: the sides of its kind, in their order."""

    kind: FieldName = Field(description="分录类别 of the ledger", examples=["donate"])
    day: Day = Field(description="记账日 day on which it holds, today or earlier", examples=["2026-11-22"])
    sides: list[SendSide] = Field(
        min_length=2,
        max_length=10,
        description="各方 in the order of the kind's sides; together they sum to zero",
        examples=[[{"account": "fund", "area": _AREA, "amount": 50000}, _OTHER_SIDE]],
    )
    remark: FreeText | None = Field(default=None, description="摘要 in words; encrypted", examples=["某单位捐款"])

    def content(self) -> NewPosting:
        return NewPosting(kind=self.kind, day=self.day, sides=[one.content() for one in self.sides], remark=self.remark)


class ReversePosting(Body):
    """A reversal."""

    day: Day | None = Field(
        default=None, description="冲正日 from the posting's day on; null: today", examples=["2026-11-25"]
    )
    reason: FreeText = Field(description="冲正理由 why, in words; encrypted", examples=["金额录错"])


class CloseMonth(Body):
    """A month to be closed for the accounts kept in an area."""

    area: AreaCode = Field(description="区域 with all that lies in it", examples=[_AREA])
    month: Month = Field(description="月份 that is over; those before it are closed with it", examples=["2026-10"])


class ReopenMonth(Body):
    """Why a closed month is opened again."""

    reason: FreeText = Field(description="反结账理由 why, in words; encrypted", examples=["补记十月漏记的捐款"])


class BeginStatementExport(Body):
    """Of which account a statement is taken out, how, and what for. The purpose stands in the table itself."""

    account_id: UUID = Field(description="账户标识 account", examples=[_ACCOUNT])
    since: Day = Field(description="起日 first day", examples=["2026-11-01"])
    until: Day = Field(description="止日 last day", examples=["2026-11-30"])
    purpose: Purpose = Field(description="用途 recorded and written into the table", examples=["statistics"])
    full: bool = Field(
        default=False,
        description="完整 remarks of postings in full: needs the ledger's permission for it",
        examples=[False],
    )
    format: ExportFormat = Field(default=ExportFormat.XLSX, description="格式", examples=["xlsx"])
    encoding: Encoding = Field(
        default=Encoding.UTF_8,
        description="编码 of .csv: utf_8, gb_18030, or utf_8_private_use for older systems",
        examples=["utf_8"],
    )


class SideView(View):
    """A side of a posting. Its holder is null for whoever does not reach it."""

    account: str = Field(description="账户类别 kind of the account", examples=["fund"])
    amount: int = Field(description="变动 what the account grew by; negative: shrank", examples=[50000])
    account_id: UUID | None = Field(description="账户标识 id of the account", examples=[_ACCOUNT])
    record_id: UUID | None = Field(description="归属记录 null: an area holds it", examples=[None])
    area: AreaCode | None = Field(description="所属区域 in which the account is kept", examples=[_AREA])


class PostingView(View):
    """A posting. It is never changed; one that was reversed says by which."""

    id: UUID = Field(description="分录标识 id of the posting", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e91"])
    ledger: str = Field(description="台账代码 ledger", examples=["relief_fund"])
    ledger_version: int = Field(description="台账版本 version that it was made under", examples=[1])
    version: int = Field(description="版本 1 as it was made, 2 since it was reversed", examples=[1])
    kind: str = Field(description="分录类别", examples=["donate"])
    day: date = Field(description="记账日", examples=["2026-11-22"])
    sides: list[SideView] = Field(description="各方 that sum to zero")
    remark: str | None = Field(
        description="摘要 or 冲正理由 in words, masked unless in full; null: none, or not every holder is in reach",
        examples=["****"],
    )
    reverses: UUID | None = Field(description="冲正对象 posting that this one reverses; null: none", examples=[None])
    reversed_by: UUID | None = Field(description="被冲正 posting that reversed it; null: none", examples=[None])
    posted_by: str = Field(description="记账账号 who made it", examples=["f3a1c2d4"])
    posted_at: Instant = Field(description="录入时间", examples=["2026-11-22T09:00:00+08:00"])

    @classmethod
    def of(cls, shown: ShownPosting) -> "PostingView":
        posting = shown.posting
        names = ("id", "ledger", "ledger_version", "kind", "day", "reverses", "posted_by", "posted_at")
        return cls(
            **{name: getattr(posting, name) for name in names},
            version=shown.version,
            sides=[SideView.model_validate(side) for side in shown.sides],
            remark=shown.remark,
            reversed_by=shown.reversed_by,
        )


class AccountView(View):
    """An account with its balance."""

    id: UUID = Field(description="账户标识", examples=[_ACCOUNT])
    ledger: str = Field(description="台账代码 ledger", examples=["relief_fund"])
    kind: str = Field(description="账户类别", examples=["family"])
    record_id: UUID | None = Field(description="归属记录 null: the area holds it", examples=[_RECORD])
    area: AreaCode = Field(description="所属区域 in which it is kept", examples=[_AREA])
    version: int = Field(description="版本 counts its postings", examples=[3])
    balance: int = Field(description="余额 on the day asked for, or now", examples=[120000])
    first_on: date = Field(description="首笔记账日", examples=["2026-03-05"])
    last_on: date = Field(description="末笔记账日", examples=["2026-11-22"])

    @classmethod
    def of(cls, held: HeldAccount) -> "AccountView":
        names = ("id", "ledger", "kind", "record_id", "area", "version", "first_on", "last_on")
        return cls(**{name: getattr(held.account, name) for name in names}, balance=held.balance)


class KindTotalView(View):
    """What the accounts of a kind hold together."""

    kind: str = Field(description="账户类别", examples=["fund"])
    accounts: int = Field(description="账户数", examples=[12])
    balance: int = Field(description="余额合计", examples=[1250000])


class AccountTotalsView(View):
    """What the list with the same filter adds up to."""

    kinds: list[KindTotalView] = Field(description="按账户类别")


class TrialBalanceView(View):
    """The trial balance of an area: kinds and what went across its border sum to zero."""

    kinds: list[KindTotalView] = Field(description="按账户类别 accounts kept in the area")
    across: int = Field(description="区域外 other areas' sides of postings with a side here", examples=[0])
    difference: int = Field(description="差额 zero; anything else means that the books are broken", examples=[0])

    @classmethod
    def of(cls, trial: TrialBalance) -> "TrialBalanceView":
        kinds = [KindTotalView.model_validate(one) for one in trial.kinds]
        return cls(kinds=kinds, across=trial.across, difference=trial.difference)


class StatementLineView(View):
    """One posting on an account."""

    posting_id: UUID = Field(description="分录标识", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e91"])
    kind: str = Field(description="分录类别", examples=["relieve"])
    day: date = Field(description="记账日", examples=["2026-11-22"])
    amount: int = Field(description="变动 what the account grew by; negative: shrank", examples=[-20000])
    balance: int = Field(description="余额 after it", examples=[30000])
    reverses: UUID | None = Field(description="冲正对象 null: it reverses none", examples=[None])
    posted_at: Instant = Field(description="录入时间", examples=["2026-11-22T09:00:00+08:00"])


class StatementView(Page[StatementLineView]):
    """An account from one day to another: opening + grown − shrunk = closing. Lines by day, a page of them."""

    account: AccountView = Field(description="账户 with its balance now")
    since: date = Field(description="起日", examples=["2026-11-01"])
    until: date = Field(description="止日", examples=["2026-11-30"])
    opening: int = Field(description="期初余额 before the first day", examples=[50000])
    grown: int = Field(description="增加合计", examples=[0])
    shrunk: int = Field(description="减少合计", examples=[20000])
    closing: int = Field(description="期末余额 after the last day", examples=[30000])

    @classmethod
    def of_account(
        cls,
        held: HeldAccount,
        statement: Statement,
        lines: Sequence[StatementLine],
        cursor: str | None,
        days: tuple[date, date],
    ) -> "StatementView":
        return cls(
            account=AccountView.of(held),
            since=days[0],
            until=days[1],
            opening=statement.opening,
            grown=statement.grown,
            shrunk=statement.shrunk,
            closing=statement.closing,
            items=[StatementLineView.model_validate(line) for line in lines],
            next_cursor=cursor,
        )


class ClosingView(View):
    """A closed month of an area, perhaps reopened."""

    id: UUID = Field(description="结账标识", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e93"])
    ledger: str = Field(description="台账代码 ledger", examples=["relief_fund"])
    version: int = Field(description="版本 1 closed, 2 reopened", examples=[1])
    area: AreaCode = Field(description="区域", examples=[_AREA])
    month: str = Field(description="月份", examples=["2026-10"])
    closed_by: str = Field(description="结账账号", examples=["f3a1c2d4"])
    closed_at: Instant = Field(description="结账时间", examples=["2026-11-02T09:00:00+08:00"])
    reopened_by: str | None = Field(description="反结账账号 null: it is closed", examples=[None])
    reopened_at: Instant | None = Field(description="反结账时间 null: it is closed", examples=[None])

    @classmethod
    def of(cls, closing: LedgerClosing) -> "ClosingView":
        return cls.model_validate(closing)


class ClosingDetail(ClosingView):
    """A closed month with the balances that were frozen."""

    carried: list[KindTotalView] = Field(description="结转余额 by kind of account, as it was frozen")
    reason: str | None = Field(description="反结账理由 null: it is closed", examples=[None])

    @classmethod
    def of_shown(cls, shown: ShownClosing) -> "ClosingDetail":
        return cls(
            **ClosingView.of(shown.closing).model_dump(),
            carried=[KindTotalView.model_validate(one) for one in shown.carried],
            reason=shown.reason,
        )
