"""Moving of accounts: what every posting has in common, whatever made it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.ledger_postings import PostingSide
from shared.contracts.ledger_records import OPEN
from shared.errors import FieldError
from shared.ids import new_id
from shared.ledgers.accounts.domain import (
    MAX_BALANCE,
    AccountBelowZero,
    AccountMoved,
    AccountTooLarge,
    MonthClosed,
    Movement,
    above,
    month_of,
)
from shared.ledgers.accounts.facts import posting_fact, posting_noun
from shared.ledgers.accounts.models import LedgerPosting
from shared.ledgers.accounts.repository.postings import Moved, PostingRepository
from shared.ledgers.accounts.service.places import Place
from shared.ledgers.compiler.ledger import Ledger
from shared.messaging.context import UseCaseContext

REMARK = "ledger_posting.remark"
"""Name under which a remark is sealed; the owner is the posting's id."""

UNITS: Mapping[str, str] = {"fen": "分", "minute": "分钟", "piece": "件"}


class AccountMover:
    """Moves accounts in the transaction: all of them, or none because it is refused."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._postings = PostingRepository(context.session)

    async def require_open_months(self, ledger: Ledger, day: date, movements: Sequence[Movement]) -> None:
        """No area of the accounts has closed the day's month. Raises `MonthClosed`."""
        areas = {code for one in movements for code in above(one.area)}
        closed = await self._postings.closed_in(ledger.code, areas, month_of(day))
        if closed:
            raise MonthClosed.at("day")

    async def move(self, ledger: Ledger, day: date, movements: Sequence[Movement]) -> Mapping[UUID, Moved]:
        """Move the accounts, locked till the end. They are to be judged."""
        return await self._postings.move(ledger.code, day, movements)

    async def judge(
        self, ledger: Ledger, day: date, movements: Sequence[Movement], moved: Mapping[UUID, Moved]
    ) -> None:
        """What was moved may stand. Raises `AccountMoved`, `AccountTooLarge`, `AccountBelowZero`.

        The version of an account that was not open is 0.
        """
        stale = [one.path for one in movements if one.expected not in (None, moved[one.account_id].version - 1)]
        if stale:
            raise AccountMoved.at(*(f"{path}.version" for path in stale))
        large = [one.path for one in movements if abs(moved[one.account_id].balance) > MAX_BALANCE]
        if large:
            raise AccountTooLarge.at(*(f"{path}.amount" for path in large))
        await self._require_enough(ledger, day, movements, moved)

    async def _require_enough(
        self, ledger: Ledger, day: date, movements: Sequence[Movement], moved: Mapping[UUID, Moved]
    ) -> None:
        """No account that may not is below zero, today or on any day from the posting's on."""
        asked = {one.account_id: one for one in movements if one.amount < 0 and not one.may_be_negative}
        short = {one: (day, moved[one].balance) for one in asked if moved[one].balance < 0}
        earlier = [one for one in asked if moved[one].back_dated]
        if earlier:
            short |= await self._postings.below_zero(earlier, day)
        if not short:
            return
        assert ledger.definition.accounts is not None
        unit = UNITS[ledger.definition.accounts.unit]
        raise AccountBelowZero(
            errors=[
                FieldError(
                    f"{asked[one].path}.amount",
                    AccountBelowZero.code,
                    f"{first.isoformat()} 的余额不足，差 {-balance} {unit}",
                )
                for one, (first, balance) in short.items()
            ]
        )

    def record(
        self,
        principal: Principal,
        ledger: Ledger,
        kind: str,
        day: date,
        movements: Sequence[Movement],
        remark: str | None,
        *,
        restricted: bool,
        reverses: UUID | None = None,
    ) -> LedgerPosting:
        """The posting with its sides and its fact."""
        posting_id = new_id()
        row = {
            "id": posting_id,
            "ledger": ledger.code,
            "ledger_version": ledger.version,
            "kind": kind,
            "day": day,
            "reverses": reverses,
            "crosses": len({one.area for one in movements}) > 1,
            "restricted_topic": restricted,
            "remark": None if remark is None else self._crypto.seal(remark, field=REMARK, owner=str(posting_id)),
            "posted_by": principal.subject,
            "posted_at": self._clock.now(),
        }
        entries = [
            {
                "posting_id": posting_id,
                "position": position,
                "account_id": one.account_id,
                "day": day,
                "amount": one.amount,
            }
            for position, one in enumerate(movements)
        ]
        self._postings.add(row, entries)
        posting = LedgerPosting(**row)
        sides = [PostingSide(account=one.kind, area=one.area, amount=one.amount) for one in movements]
        self._outbox.add(posting_fact(ledger, posting, sides, "posted"))
        return posting

    def note(
        self,
        principal: Principal,
        ledger: Ledger,
        action: str,
        permission: str,
        posting: LedgerPosting,
        holders: Sequence[tuple[UUID | None, Place]],
    ) -> None:
        """Who posted, by which role: one line a record that holds an account, else one for the posting."""
        lines = {record_id: place for record_id, place in holders if record_id is not None}
        for record_id, (area, department) in lines.items():
            self._access.note(
                principal,
                action=action,
                noun=f"{ledger.owner}.{OPEN}",
                object_id=record_id,
                area=area,
                detail=Detail.WRITE,
                role=principal.role_in(permission, area, department),
            )
        if not lines:
            area, department = holders[0][1]
            self._access.note(
                principal,
                action=action,
                noun=posting_noun(ledger.owner, restricted=False),
                object_id=posting.id,
                area=area,
                detail=Detail.WRITE,
                role=principal.role_in(permission, area, department),
            )
