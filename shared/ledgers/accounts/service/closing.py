"""Monthly close (月结) and its undoing (反结账)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import null

from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import DepartmentScope
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import Forbidden, NotFound, VersionMismatch
from shared.ids import new_id
from shared.ledgers.accounts.domain import (
    CLOSING,
    REOPENING,
    ClosingReopened,
    LaterMonthClosed,
    MonthClosedAlready,
    MonthNotOver,
    NotClosedMonthly,
    last_day,
    month_of,
)
from shared.ledgers.accounts.facts import posting_noun
from shared.ledgers.accounts.models import LedgerClosing
from shared.ledgers.accounts.repository.accounts import KindTotal
from shared.ledgers.accounts.repository.closings import ClosingRepository
from shared.ledgers.accounts.repository.postings import PostingRepository
from shared.ledgers.accounts.service.posting import accounts_of
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.accounts import Accounts
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.references import References
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext

REASON = "ledger_closing.reason"
"""Name under which the reason of a reopening is sealed; the owner is the closing's id."""


@dataclass(frozen=True, repr=False)
class ShownClosing:
    """A closed month with the balances that were frozen, by kind, and why it was reopened. The repr shows nothing."""

    closing: LedgerClosing
    carried: Sequence[KindTotal]
    reason: str | None


class MonthClosing:
    """Use cases of closed months. A closed month closes those before it, in the area and all that lies in it.

    Months are the area's as a whole: a grant for one department neither closes nor sees them.
    """

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._closings = ClosingRepository(context.session)
        self._postings = PostingRepository(context.session)
        self._references = References(context.session, context.clock, surroundings)
        self._ledgers = ledgers

    async def close(self, principal: Principal, code: str, area: str, month: str) -> ShownClosing:
        """月结: a month that is over. From now on nothing is posted for a day in it, or before.

        Raises `NotFound` outside the caller's areas, `Forbidden`, `NotClosedMonthly`, `MonthNotOver`,
        `MonthClosedAlready`, `RecordAreaUnknown`.
        """
        ledger, accounts = await self._of(code)
        self._require(principal, ledger, area, accounts.close_permission)
        if month >= month_of(today(self._clock)):
            raise MonthNotOver.at("month")
        await self._references.check_places({area: "area"})
        await self._postings.change_months(code)
        last = await self._closings.last_closed(code, area)
        if last is not None and last >= month:
            raise MonthClosedAlready.at("month")
        closing = LedgerClosing(
            id=new_id(),
            version=1,
            ledger=code,
            area=area,
            month=month,
            closed_by=principal.subject,
            closed_at=self._clock.now(),
        )
        await self._closings.add(closing, last_day(month))
        self._note(principal, ledger, CLOSING, accounts.close_permission, closing)
        return await self._shown(closing)

    async def reopen(
        self, principal: Principal, code: str, id: UUID, reason: str, *, expected: Seen = None
    ) -> ShownClosing:
        """反结账, for a reason. What was frozen stays readable; the months before it that are closed stay closed.

        Raises `ClosingReopened`, `LaterMonthClosed`, `VersionMismatch`.
        """
        ledger, accounts = await self._of(code)
        closing = await self._closings.one(code, id)
        if closing is None:
            raise NotFound
        self._require(principal, ledger, closing.area, accounts.reopen_permission)
        await self._postings.change_months(code)
        require_version(closing, expected)
        if closing.reopened_at is not None:
            raise ClosingReopened(id)
        last = await self._closings.last_closed(code, closing.area)
        if last is not None and last > closing.month:
            raise LaterMonthClosed(id)
        moved = await compare_and_set(
            self._session,
            closing,
            reopened_by=principal.subject,
            reopened_at=self._clock.now(),
            reason=self._crypto.seal(reason, field=REASON, owner=str(id)),
        )
        if moved is None:
            raise VersionMismatch(id)
        self._note(principal, ledger, REOPENING, accounts.reopen_permission, moved)
        return await self._shown(moved)

    async def page(
        self, principal: Principal, code: str, area: str | None, *, after: UUID | None, limit: int
    ) -> Sequence[LedgerClosing]:
        """Closings in the caller's areas, newest first. One more than `limit`, if there is one."""
        ledger, _ = await self._of(code)
        scope = self._reads(principal, ledger, area).where(LedgerClosing.area, null())
        return await self._closings.page(code, scope, after=after, limit=limit + 1)

    async def read(self, principal: Principal, code: str, id: UUID) -> ShownClosing:
        """One closing, with the balances that were frozen."""
        ledger, _ = await self._of(code)
        closing = await self._closings.one(code, id)
        if closing is None:
            raise NotFound
        self._reads(principal, ledger, None).require(closing.area, None)
        return await self._shown(closing)

    async def _shown(self, closing: LedgerClosing) -> ShownClosing:
        reason = closing.reason
        return ShownClosing(
            closing=closing,
            carried=await self._closings.carried(closing.id),
            reason=None if reason is None else self._crypto.open(reason, field=REASON, owner=str(closing.id)),
        )

    async def _of(self, code: str) -> tuple[Ledger, Accounts]:
        ledger = await self._ledgers.newest(code)
        accounts = accounts_of(ledger)
        if not accounts.closes_monthly:
            raise NotClosedMonthly(code)
        return ledger, accounts

    @staticmethod
    def _reads(principal: Principal, ledger: Ledger, area: str | None) -> DepartmentScope:
        return principal.department_scope("record.read", ledger.definition.access.read, within=area)

    def _require(self, principal: Principal, ledger: Ledger, area: str, permission: str) -> None:
        self._reads(principal, ledger, None).require(area, None)
        if not principal.department_scope("record.read", permission).allows(area, None):
            raise Forbidden(area)

    def _note(self, principal: Principal, ledger: Ledger, action: str, permission: str, closing: LedgerClosing) -> None:
        self._access.note(
            principal,
            action=action,
            noun=posting_noun(ledger.owner, restricted=False),
            object_id=closing.id,
            area=closing.area,
            detail=Detail.WRITE,
            role=principal.role_in(permission, closing.area, None),
        )
