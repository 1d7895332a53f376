"""Reading of accounts: one, lists, totals, statements, the trial balance, and postings with their remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func

from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.ledger_records import OPEN
from shared.crypto.masking import STARS
from shared.errors import Forbidden, NotFound, PurposeRequired
from shared.ledgers.accounts.domain import AccountFilter
from shared.ledgers.accounts.facts import posting_noun
from shared.ledgers.accounts.models import LedgerAccount, LedgerPosting
from shared.ledgers.accounts.repository.accounts import (
    AccountKey,
    AccountRepository,
    HeldAccount,
    KindTotal,
    Statement,
)
from shared.ledgers.accounts.repository.postings import PostingRepository
from shared.ledgers.accounts.service.moving import REMARK
from shared.ledgers.accounts.service.places import places_of
from shared.ledgers.accounts.service.posting import accounts_of
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.ledgers import Ledgers
from shared.messaging.context import UseCaseContext

AREA = func.coalesce(LedgerRecord.area, LedgerAccount.area).collate("C")
"""Where an account is asked for: at its record's area, or its own."""


@dataclass(frozen=True)
class ShownSide:
    """A side of a posting. Holder and account are None where the reader does not reach them."""

    account: str
    amount: int
    account_id: UUID | None
    record_id: UUID | None
    area: str | None


@dataclass(frozen=True, repr=False)
class ShownPosting:
    """A posting as this caller sees it; its remark, masked or in full, only if every holder is in reach. The repr
    shows nothing.
    """

    posting: LedgerPosting
    sides: Sequence[ShownSide]
    remark: str | None
    reversed_by: UUID | None

    @property
    def version(self) -> int:
        """1 as it was made, 2 since it was reversed."""
        return 1 if self.reversed_by is None else 2


@dataclass(frozen=True)
class TrialBalance:
    """Totals by kind, what postings moved across the border of the area, and that both sum to zero."""

    kinds: Sequence[KindTotal]
    across: int

    @property
    def difference(self) -> int:
        """Zero, unless the books are broken."""
        return sum(one.balance for one in self.kinds) + self.across


class AccountReads:
    """Use cases that read accounts. What lies outside the caller's areas and departments is `NotFound`."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._accounts = AccountRepository(context.session)
        self._postings = PostingRepository(context.session)
        self._ledgers = ledgers

    async def page(
        self, principal: Principal, code: str, wanted: AccountFilter, *, after: AccountKey | None, limit: int
    ) -> Sequence[HeldAccount]:
        """Accounts of the caller's areas with their balances, by area and kind; those of records about people noted.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        ledger = await self._of(code)
        scope = self._scope(principal, ledger, wanted.area)
        rows = await self._accounts.page(code, scope, wanted, after=after, limit=limit + 1)
        for one in rows[:limit]:
            if one.record is not None and (one.record.masked is not None or one.record.restricted_topic):
                self._note(principal, ledger, one.record, "list_accounts")
        return rows

    async def totals(self, principal: Principal, code: str, wanted: AccountFilter) -> Sequence[KindTotal]:
        """What a complete list with the same filter adds up to, by kind."""
        ledger = await self._of(code)
        return await self._accounts.totals(code, self._scope(principal, ledger, wanted.area), wanted)

    async def trial(self, principal: Principal, code: str, area: str, on: date | None) -> TrialBalance:
        """试算平衡: the accounts kept in an area, whole. Whoever sees one department's records only is `NotFound`."""
        ledger = await self._of(code)
        scope = principal.department_scope("record.read", ledger.definition.access.read, within=area)
        scope.require(area, None)
        kinds, across = await self._accounts.trial(code, principal.through_the_tree(area).areas, on)
        return TrialBalance(kinds, across)

    async def read(self, principal: Principal, code: str, id: UUID, on: date | None) -> HeldAccount:
        """An account with its balance on a day, or now."""
        held, ledger = await self._found(principal, code, id, on)
        if held.record is not None:
            self._note(principal, ledger, held.record, "read_account")
        return held

    async def statement(
        self,
        principal: Principal,
        code: str,
        id: UUID,
        since: date,
        until: date,
        *,
        after: tuple[date, UUID] | None,
        limit: int,
    ) -> tuple[HeldAccount, Statement]:
        """对账单: an account from one day to another. One line more than `limit`, if there is one."""
        held, ledger = await self._found(principal, code, id, None)
        if held.record is not None:
            self._note(principal, ledger, held.record, "read_account")
        return held, await self._accounts.statement(id, since, until, after=after, limit=limit + 1)

    async def to_take_out(self, principal: Principal, code: str, id: UUID, *, full: bool) -> tuple[HeldAccount, Ledger]:
        """An account whose statement the caller may take out; `full`: with the remarks of its postings.

        Raises `NotFound`, `Forbidden`.
        """
        held, ledger = await self._found(principal, code, id, None)
        accounts_of(ledger)
        access = ledger.definition.access
        for permissions in (access.export,), *(((access.export, access.personal),) if full else ()):
            if not principal.department_scope("record.read", *permissions).allows(*held.place):
                raise Forbidden(id)
        return held, ledger

    async def posting(
        self, principal: Principal, code: str, id: UUID, *, full: bool = False, purpose: Purpose | None = None
    ) -> ShownPosting:
        """A posting of which the caller reaches a holder; in full its remark, too, by the rule of the records.

        Raises `NotFound`, `Forbidden`, `PurposeRequired`.
        """
        posting = await self._postings.posting(code, id)
        if posting is None:
            raise NotFound
        return await self.shown(principal, posting, full=full, purpose=purpose)

    async def shown(
        self, principal: Principal, posting: LedgerPosting, *, full: bool = False, purpose: Purpose | None = None
    ) -> ShownPosting:
        """A posting as its reader is shown it, masked as whoever has just made or reversed it is answered."""
        ledger = await self._ledgers.of_record(posting.ledger, posting.ledger_version)
        sides = await self._postings.sides([posting.id])
        records = await self._postings.records(
            posting.ledger, {account.record_id for _, account in sides if account.record_id is not None}
        )
        scope = principal.department_scope("record.read", ledger.definition.access.read)
        places = places_of([(account.area, account.record_id) for _, account in sides], records)
        seen = [place is not None and scope.allows(*place) for place in places]
        if not any(seen):
            raise NotFound
        if full:
            personal = principal.department_scope("record.read", ledger.definition.access.personal)
            if not all(personal.allows(*place) for place in places if place is not None and scope.allows(*place)):
                raise Forbidden(posting.id)
            if purpose is None:
                raise PurposeRequired(posting.id)
        whole = all(seen)
        shown = [
            ShownSide(
                account=account.kind,
                amount=entry.amount,
                account_id=account.id if there else None,
                record_id=account.record_id if there else None,
                area=account.area if there else None,
            )
            for (entry, account), there in zip(sides, seen, strict=True)
        ]
        read = [records[one.record_id] for one in shown if one.record_id is not None]
        detail = Detail.FULL if full and whole and posting.remark is not None else Detail.MASKED
        for record in read:
            self._note(principal, ledger, record, "read_posting", detail, purpose)
        if not read and detail is Detail.FULL:
            self._access.note(
                principal,
                action="read_posting",
                noun=posting_noun(ledger.owner, restricted=False),
                object_id=posting.id,
                area=shown[0].area,
                purpose=purpose,
                detail=detail,
                role=principal.role_in("record.read", shown[0].area, None),
            )
        return ShownPosting(
            posting=posting,
            sides=shown,
            remark=self._remark(posting, full=full) if whole else None,
            reversed_by=await self._postings.reversal_of(posting.id),
        )

    def _remark(self, posting: LedgerPosting, *, full: bool) -> str | None:
        if posting.remark is None:
            return None
        return self._crypto.open(posting.remark, field=REMARK, owner=str(posting.id)) if full else STARS

    async def _of(self, code: str) -> Ledger:
        ledger = await self._ledgers.newest(code)
        accounts_of(ledger)
        return ledger

    async def _found(self, principal: Principal, code: str, id: UUID, on: date | None) -> tuple[HeldAccount, Ledger]:
        ledger = await self._ledgers.newest(code)
        held = await self._accounts.one(code, id, on)
        if held is None:
            raise NotFound
        if held.record is not None:
            ledger = await self._ledgers.of_record(code, held.record.ledger_version)
        principal.department_scope("record.read", ledger.definition.access.read).require(*held.place)
        return held, ledger

    @staticmethod
    def _scope(principal: Principal, ledger: Ledger, area: str | None) -> ColumnElement[bool]:
        """The one predicate of list and totals. Raises `NotFound` for an area in which nothing is seen."""
        scope = principal.department_scope("record.read", ledger.definition.access.read, within=area)
        return scope.where(AREA, LedgerRecord.department)

    def _note(
        self,
        principal: Principal,
        ledger: Ledger,
        record: LedgerRecord,
        action: str,
        detail: Detail = Detail.MASKED,
        purpose: Purpose | None = None,
    ) -> None:
        self._access.note(
            principal,
            action=action,
            noun=f"{ledger.owner}.{OPEN}",
            object_id=record.id,
            area=record.area,
            purpose=purpose,
            detail=detail,
            role=principal.role_in("record.read", record.area, record.department),
        )
