"""Posting (记账) and reversing (冲正)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import FieldError, NotFound
from shared.ledgers.accounts.domain import (
    POSTING,
    REVERSAL,
    AccountRecordEnded,
    LedgerWithoutAccounts,
    Movement,
    NewPosting,
    PostingAccountRepeated,
    PostingDayAhead,
    PostingFourEyes,
    PostingHolderWrong,
    PostingIsReversal,
    PostingKindUnknown,
    PostingReversed,
    PostingSidesWrong,
    PostingUnbalanced,
    ReversalTooEarly,
    SideSent,
    account_id,
)
from shared.ledgers.accounts.models import LedgerPosting
from shared.ledgers.accounts.repository.postings import PostingRepository
from shared.ledgers.accounts.service.moving import UNITS, AccountMover
from shared.ledgers.accounts.service.places import places_of, require_places
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.accounts import Accounts, PostingKind
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.references import References
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


class AccountPosting:
    """Use cases that move accounts. Everything is judged before the transaction ends: what is refused moves nothing."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._clock = context.clock
        self._postings = PostingRepository(context.session)
        self._mover = AccountMover(context)
        self._references = References(context.session, context.clock, surroundings)
        self._ledgers = ledgers

    async def post(self, principal: Principal, code: str, new: NewPosting) -> LedgerPosting:
        """记账. Accounts open of themselves. The caller reaches every holder, and has the kind's permission there.

        Raises `NotFound` for a record or an area that is out of reach, `Forbidden`, what is wrong by place,
        `MonthClosed`, `AccountRecordEnded`, `AccountBelowZero`, `AccountTooLarge`, `AccountMoved`.
        """
        ledger = await self._ledgers.open_for_records(code)
        accounts = accounts_of(ledger)
        kind = next((one for one in accounts.postings if one.code == new.kind), None)
        if kind is None:
            raise PostingKindUnknown.at("kind")
        if new.day > today(self._clock):
            raise PostingDayAhead.at("day")
        movements = _movements(ledger.code, accounts, kind, new.sides)
        await self._postings.hold_months(ledger.code)
        named = {one.record_id for one in new.sides if one.record_id is not None}
        records = await self._postings.records(code, named, hold=True)
        holders = [(one.area or "", one.record_id) for one in new.sides]
        places = require_places(principal, ledger, places_of(holders, records), kind.permission)
        await self._require_readable(principal, records.values())
        movements = await self._kept(ledger, movements, records)
        ended = [one.path for one in movements if one.record_id is not None and not records[one.record_id].live]
        if ended:
            raise AccountRecordEnded.at(*(f"{path}.record_id" for path in ended))
        await self._mover.require_open_months(ledger, new.day, movements)
        moved = await self._mover.move(ledger, new.day, movements)
        await self._mover.judge(ledger, new.day, movements, moved)
        restricted = ledger.travels_restricted or any(record.restricted_topic for record in records.values())
        posting = self._mover.record(
            principal, ledger, kind.code, new.day, movements, new.remark, restricted=restricted
        )
        noted = [(one.record_id, place) for one, place in zip(movements, places, strict=True)]
        self._mover.note(principal, ledger, POSTING, kind.permission, posting, noted)
        return posting

    async def reverse(
        self, principal: Principal, code: str, id: UUID, day: date | None, reason: str, *, expected: Seen = None
    ) -> LedgerPosting:
        """冲正: a posting with every side the other way round, dated `day` or today; by somebody else, and once.

        Of a record that has ended and a ledger that is retired too: what was entered wrongly can be undone. Raises
        `PostingFourEyes`, `PostingIsReversal`, `PostingReversed`, `ReversalTooEarly`, and what moving raises.
        """
        newest = await self._ledgers.newest(code)
        posting = await self._postings.posting(code, id)
        if posting is None:
            raise NotFound
        await self._postings.hold_months(code)
        sides = await self._postings.sides([id])
        named = {account.record_id for _, account in sides if account.record_id is not None}
        records = await self._postings.records(code, named, hold=True)
        ledger = await self._ledgers.of_record(code, posting.ledger_version)
        accounts = accounts_of(ledger)
        kind = next(one for one in accounts.postings if one.code == posting.kind)
        places = places_of([(account.area, account.record_id) for _, account in sides], records)
        require_places(principal, newest, places, kind.reverse_permission)
        there = require_places(principal, ledger, places, kind.reverse_permission)
        reversed_by = await self._postings.is_reversed(id)
        require_version(_Version(2 if reversed_by else 1), expected)
        if posting.reverses is not None:
            raise PostingIsReversal(id)
        if reversed_by:
            raise PostingReversed(id)
        if posting.posted_by == principal.subject:
            raise PostingFourEyes(id)
        on = day or today(self._clock)
        if on > today(self._clock):
            raise PostingDayAhead.at("day")
        if on < posting.day:
            raise ReversalTooEarly.at("day")
        kinds = {one.code: one for one in accounts.kinds}
        movements = [
            Movement(
                account_id=account.id,
                kind=account.kind,
                area=account.area,
                record_id=account.record_id,
                amount=-entry.amount,
                may_be_negative=kinds[account.kind].may_be_negative,
                path=f"sides.{entry.position}",
            )
            for entry, account in sides
        ]
        await self._mover.require_open_months(ledger, on, movements)
        moved = await self._mover.move(ledger, on, movements)
        if await self._postings.is_reversed(id):  # the accounts are locked: of two at once the second sees the first
            raise PostingReversed(id)
        await self._mover.judge(ledger, on, movements, moved)
        counter = self._mover.record(
            principal, ledger, kind.code, on, movements, reason, restricted=posting.restricted_topic, reverses=id
        )
        noted = [(one.record_id, place) for one, place in zip(movements, there, strict=True)]
        self._mover.note(principal, ledger, REVERSAL, kind.reverse_permission, counter, noted)
        return posting

    async def _require_readable(self, principal: Principal, records: Iterable[LedgerRecord]) -> None:
        """Each record by the version that it is handled by today, which may ask for more than the ledger's newest."""
        for record in records:
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            scope = principal.department_scope("record.read", ledger.definition.access.read)
            scope.require(record.area, record.department)

    async def _kept(
        self, ledger: Ledger, movements: Sequence[Movement], records: Mapping[UUID, LedgerRecord]
    ) -> list[Movement]:
        """The movements with the area in which each account is kept: that in which it was opened, for ever.

        An area in which an account would open exists today; one that is open stays, so that it can be emptied.
        """
        kept = await self._postings.kept_in([one.account_id for one in movements])
        fresh = {
            one.area: f"{one.path}.area" for one in movements if one.record_id is None and one.account_id not in kept
        }
        if fresh:
            await self._references.check_areas(ledger, fresh)
        return [
            replace(
                one,
                area=kept.get(one.account_id, one.area if one.record_id is None else records[one.record_id].area),
            )
            for one in movements
        ]


def accounts_of(ledger: Ledger) -> Accounts:
    """The accounts of a ledger. Raises `LedgerWithoutAccounts`."""
    if ledger.definition.accounts is None:
        raise LedgerWithoutAccounts(ledger.code)
    return ledger.definition.accounts


class _Version:
    """A posting as it is shown: 1 as it was made, 2 since it was reversed."""

    __slots__ = ("version",)

    def __init__(self, version: int) -> None:
        self.version = version


def _movements(ledger: str, accounts: Accounts, kind: PostingKind, sides: Sequence[SideSent]) -> list[Movement]:
    """What a posting does to each account, by the kind's sides in their order. Raises what is wrong by its place."""
    if [one.account for one in sides] != [one.account for one in kind.sides]:
        wrong = [
            f"sides.{place}.account"
            for place, one in enumerate(sides)
            if place >= len(kind.sides) or one.account != kind.sides[place].account
        ]
        raise PostingSidesWrong.at(*(wrong or ["sides"]))
    kinds = {one.code: one for one in accounts.kinds}
    holders = [
        f"sides.{place}"
        for place, one in enumerate(sides)
        if (one.record_id is None) == (one.area is None)
        or (one.record_id is None) != (kinds[one.account].holder == "area")
    ]
    if holders:
        raise PostingHolderWrong.at(*holders)
    found = [
        Movement(
            account_id=account_id(ledger, one.account, str(one.record_id or one.area)),
            kind=one.account,
            area=one.area or "",
            record_id=one.record_id,
            amount=side.sign * one.amount,
            may_be_negative=kinds[one.account].may_be_negative,
            path=f"sides.{place}",
            expected=one.expected,
        )
        for place, (one, side) in enumerate(zip(sides, kind.sides, strict=True))
    ]
    ids = [one.account_id for one in found]
    repeated = [one.path for place, one in enumerate(found) if one.account_id in ids[:place]]
    if repeated:
        raise PostingAccountRepeated.at(*repeated)
    difference = sum(one.amount for one in found)
    if difference:
        more = "增加方" if difference > 0 else "减少方"
        message = f"{more}多 {abs(difference)} {UNITS[accounts.unit]}"
        raise PostingUnbalanced(errors=[FieldError("sides", PostingUnbalanced.code, message)])
    return found
