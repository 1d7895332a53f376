"""Reading of records: one, lists, counts, search."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.ledger_records import OPEN
from shared.errors import FieldError, Forbidden, NotFound, PurposeRequired
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import NUMBERS, TEXTS, FieldType, Privacy
from shared.ledgers.records import shape
from shared.ledgers.records.clock import LimitRun
from shared.ledgers.records.domain import (
    MAX_CRITERIA,
    Criterion,
    RecordFilter,
    RecordSearchRefused,
    RecordSearchUnfilled,
)
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.writing import runs_of
from shared.messaging.context import UseCaseContext

RELATIONS = (">=", "<=", "=")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,8})?")
_DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, repr=False)
class ShownRecord:
    """A record with its values as this caller sees them. The repr shows nothing."""

    record: LedgerRecord
    values: dict[str, Any]
    full: bool
    steps: Sequence[str] = ()
    limits: Sequence[LimitRun] = ()


@dataclass(frozen=True)
class RecordCounts:
    """How many a list shows. The overdue ones are counted in `total` and `by_status` as well."""

    total: int
    overdue: int
    by_status: dict[str, int]


class RecordReads:
    """Use cases that read records. What lies outside the caller's areas and departments is `NotFound`."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._records = RecordRepository(context.session)
        self._seal = shape.RecordSeal(context.crypto)
        self._ledgers = ledgers

    async def read(
        self, principal: Principal, code: str, id: UUID, *, full: bool = False, purpose: Purpose | None = None
    ) -> ShownRecord:
        """A record, masked; or in full for a stated purpose, by a grant that has the ledger's permission for it.

        Restricted fields are shown in full only, by a grant that has theirs. Raises `Forbidden`, `PurposeRequired`.
        """
        record, ledger = await self.found(principal, code, id)
        closed = self.opens(principal, ledger, record, full, purpose)
        self.note(principal, ledger, record, "read", detail_of(full), purpose=purpose)
        values = {
            **record.values,
            **self._seal.opened(record.personal if full else record.masked, *_part(full), record.id),
            **(self._seal.opened(record.restricted, shape.RESTRICTED, record.id) if closed else {}),
        }
        return ShownRecord(record, values, full, self._steps(principal, ledger, record), runs_of(record))

    @staticmethod
    def opens(principal: Principal, ledger: Ledger, record: LedgerRecord, full: bool, purpose: Purpose | None) -> bool:
        """Whether restricted fields are shown besides. Raises `Forbidden`, `PurposeRequired` for a full view."""
        if not full:
            return False
        access, place = ledger.definition.access, (record.area, record.department)
        if not principal.department_scope("record.read", access.personal).allows(*place):
            raise Forbidden(record.id)
        if purpose is None:
            raise PurposeRequired(record.id)
        return principal.department_scope("record.read", access.restricted).allows(*place)

    async def page(
        self, principal: Principal, code: str, wanted: RecordFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownRecord]:
        """Records of the caller's areas, newest first, masked; each that holds personal data, or tells that somebody
        stands in a ledger about people, is noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        ledger = await self._ledgers.newest(code)
        scope = self._scope(principal, ledger, wanted.area)
        rows = await self._records.page(code, scope, wanted, now=self._clock.now(), after=after, limit=limit + 1)
        for record in rows[:limit]:
            if record.masked is not None or record.restricted_topic:
                self.note(principal, ledger, record, "list", Detail.MASKED)
        return [self._masked(record) for record in rows]

    async def counts(self, principal: Principal, code: str, wanted: RecordFilter) -> RecordCounts:
        """How many a complete list with the same filter would show."""
        ledger = await self._ledgers.newest(code)
        scope = self._scope(principal, ledger, wanted.area)
        by_status, overdue = await self._records.counts(code, scope, wanted, now=self._clock.now())
        return RecordCounts(total=sum(by_status.values()), overdue=overdue, by_status=by_status)

    async def search(
        self,
        principal: Principal,
        code: str,
        name: str,
        value: Any,
        purpose: Purpose,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[ShownRecord]:
        """Records of the caller's areas whose search field is exactly this; a sealed one is found by its blind index,
        where a grant shows its values in full: who asks often enough would else undo the mask.

        Noted whether anything is found or not. Raises `RecordSearchRefused`, `RecordSearchUnfilled`, `Forbidden`.
        """
        ledger = await self._ledgers.newest(code)
        if name not in ledger.search_fields or ledger.privacy[name] is Privacy.RESTRICTED:
            raise _refused("field")
        await self._require_filled(code, [name])
        sealed, access = ledger.privacy[name] in SEALED, ledger.definition.access
        scope = principal.department_scope("record.read", access.read, *([access.personal] if sealed else []))
        if sealed:
            try:
                scope.require_all()
            except NotFound:
                raise Forbidden(code) from None
        taken = ledger.accept({name: value}, today=today(self._clock), partial=True)[name]
        if taken is None:
            raise _refused("value")
        wanted = RecordFilter()
        if sealed:
            wanted = replace(wanted, digests=(name, shape.digests(ledger, name, taken, self._crypto)))
        else:
            wanted = replace(
                wanted,
                criteria=[
                    Criterion(name, "=", shape.indexed(ledger.types[name], one))
                    for one in (taken if isinstance(taken, list) else [taken])
                ],
            )
        where = scope.where(LedgerRecord.area, LedgerRecord.department)
        rows = await self._records.page(code, where, wanted, now=self._clock.now(), after=after, limit=limit + 1)
        for record in rows[:limit]:
            self.note(principal, ledger, record, "search", Detail.MASKED, purpose=purpose)
        if not rows:
            self._access.note(
                principal,
                action="search",
                noun=f"{ledger.owner}.{OPEN}",
                object_id=None,
                purpose=purpose,
                detail=Detail.EXISTENCE,
                result=Result.NOT_FOUND,
            )
        return [self._masked(record) for record in rows]

    async def criteria(self, code: str, filters: Sequence[str]) -> Sequence[Criterion]:
        """Conditions as they stand in an address: `kind=neighbours`, `amount>=100`.

        Raises `RecordSearchRefused`, `RecordSearchUnfilled`.

        Only of fields that hold codes, numbers, days or ids: words and what is sealed never stand in an address.
        """
        if len(filters) > MAX_CRITERIA:
            raise _refused("query.filter")
        ledger = await self._ledgers.newest(code)
        criteria = [self._criterion(ledger, one) for one in filters]
        if criteria:
            await self._require_filled(code, [one.field for one in criteria])
        return criteria

    async def _require_filled(self, code: str, fields: Sequence[str]) -> None:
        """Nobody is shown less than there is. Raises `RecordSearchUnfilled`."""
        if not await self._records.is_filled(code, fields):
            raise RecordSearchUnfilled(code, retry_after=60)

    def masked(self, record: LedgerRecord) -> ShownRecord:
        """A record as whoever wrote it is answered."""
        return self._masked(record)

    async def found(self, principal: Principal, code: str, id: UUID) -> tuple[LedgerRecord, Ledger]:
        """A record that the caller may read, with the version that it is read by. Raises `NotFound`."""
        record = await self._records.one(code, id)
        if record is None:
            raise NotFound
        ledger = await self._ledgers.of_record(code, record.ledger_version)
        scope = principal.department_scope("record.read", ledger.definition.access.read)
        scope.require(record.area, record.department)
        return record, ledger

    @staticmethod
    def _scope(principal: Principal, ledger: Ledger, area: str | None) -> ColumnElement[bool]:
        """The one predicate of list, count and search. Raises `NotFound` for an area in which nothing is seen."""
        scope = principal.department_scope("record.read", ledger.definition.access.read, within=area)
        return scope.where(LedgerRecord.area, LedgerRecord.department)

    @staticmethod
    def _steps(principal: Principal, ledger: Ledger, record: LedgerRecord) -> Sequence[str]:
        found = []
        for step in ledger.steps_from(record.status):
            scope = principal.department_scope("record.read", step.permission)
            scope = scope if step.level is None else scope.at_level(step.level.digits)
            if scope.allows(record.area, record.department):
                found.append(step.verb)
        return found

    def _masked(self, record: LedgerRecord) -> ShownRecord:
        hidden = self._seal.opened(record.masked, shape.MASKED, record.id)
        return ShownRecord(record, {**record.values, **hidden}, full=False)

    @staticmethod
    def _criterion(ledger: Ledger, text: str) -> Criterion:
        relation = next((one for one in RELATIONS if one in text), None)
        name, _, value = text.partition(relation or "=")
        kind = ledger.types.get(name)
        if relation is None or kind is None or name not in ledger.search_fields:
            raise _refused("query.filter")
        if ledger.privacy[name] in SEALED or kind in TEXTS:
            raise _refused("query.filter")
        written = _NUMBER if kind in NUMBERS else _DAY if kind is FieldType.DATE else None
        if written is not None and not written.fullmatch(value):
            raise _refused("query.filter")
        try:
            one = shape.indexed(kind, value)
        except ValueError:
            raise _refused("query.filter") from None
        if isinstance(one, str) and relation != "=":
            raise _refused("query.filter")
        return Criterion(name, relation, one)

    def note(
        self,
        principal: Principal,
        ledger: Ledger,
        record: LedgerRecord,
        action: str,
        detail: Detail,
        *,
        purpose: Purpose | None = None,
    ) -> None:
        """Note that a record was looked at."""
        permission = ledger.definition.access.personal if detail is Detail.FULL and purpose else "record.read"
        self._access.note(
            principal,
            action=action,
            noun=f"{ledger.owner}.{OPEN}",
            object_id=record.id,
            area=record.area,
            purpose=purpose,
            detail=detail,
            role=principal.role_in(permission, record.area, record.department),
        )


def _part(full: bool) -> tuple[str]:
    return (shape.PERSONAL if full else shape.MASKED,)


def detail_of(full: bool) -> Detail:
    """What the access log says of a view."""
    return Detail.FULL if full else Detail.MASKED


def _refused(path: str) -> RecordSearchRefused:
    return RecordSearchRefused(errors=[FieldError(path, RecordSearchRefused.code, RecordSearchRefused.title)])
