"""Writing of a record: what its values become in the row, its line of history, its fact, the note of who wrote."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.auth.access_log import Detail, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import FACTS, STATES
from shared.contracts.ledger_records import OPEN, RESTRICTED, RecordState
from shared.errors import DomainError, Invalid
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records import shape
from shared.ledgers.records.clock import LimitRun, Runs, deadlines, needs_calendar
from shared.ledgers.records.domain import RecordExists, RecordNotAcceptedHere
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.keys import KeyRepository
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

BUCKET = "record_key"
"""The rate limit of questions whether something that tells of people stands in a ledger."""

_NO_CALENDAR = WorkingCalendar(())


class RecordWriter:
    """What every use case that writes a record has in common."""

    def __init__(self, context: UseCaseContext, surroundings: Surroundings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._surroundings = surroundings
        self._records = RecordRepository(context.session)
        self._keys = KeyRepository(context.session)
        self._seal = shape.RecordSeal(context.crypto)
        self._calendar: WorkingCalendar | None = None

    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return today(self._clock)

    async def hold_calendar(self, ledger: Ledger) -> WorkingCalendar:
        """The calendar, kept as it is until the transaction ends; before any record is locked. Empty if not needed."""
        if not needs_calendar(ledger.definition.clock):
            return _NO_CALENDAR
        if self._calendar is None:
            await self._surroundings.hold_calendar(self._session)
            self._calendar = WorkingCalendar(await self._surroundings.calendar(self._session))
        return self._calendar

    def accepted(
        self, ledger: Ledger, sent: Mapping[str, Any], *, held: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What was sent, in its JSON forms. Raises `Invalid`."""
        wrong = shape.masks_sent(ledger, sent) + shape.followed_sent(ledger, sent)
        if wrong:
            raise Invalid(errors=wrong)
        return ledger.accept(sent, today=today(self._clock), partial=held is not None, held=held)

    def completed(self, ledger: Ledger, values: Mapping[str, Any], status: str) -> dict[str, Any]:
        """Whole values with those that are computed. Raises `Invalid` for what the status does not allow."""
        day = today(self._clock)
        problems, computed = ledger.judged(values, status, today=day)
        if problems:
            raise Invalid(errors=problems)
        return {**values, **computed}

    def opened(self, record: LedgerRecord) -> dict[str, Any]:
        """Everything that a record holds."""
        return self._seal.whole(record)

    def value_columns(self, ledger: Ledger, record_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a row that hold the values."""
        parts = shape.parts_of(ledger, values)
        department = ledger.definition.department
        return {
            "values": parts.plain,
            **self._seal.sealed(parts, record_id),
            "department": values.get(department) if department else None,
        }

    def limit_columns(self, ledger: Ledger, runs: Runs, calendar: WorkingCalendar) -> dict[str, Any]:
        """The columns of a row that hold its limits."""
        asked = deadlines(runs, ledger.definition.clock, calendar)
        return {
            "limits": [run.stored() for run in runs],
            "due_at": asked.due_at,
            "runs_until": asked.runs_until,
            "warn_at": asked.warn_at,
        }

    def index_rows(self, ledger: Ledger, record_id: UUID, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        return shape.index_rows(ledger, record_id, values, self._crypto)

    def step_row(
        self,
        record_id: UUID,
        version: int,
        step: str,
        status: str,
        ledger: Ledger,
        actor: str,
        fields: Sequence[str] = (),
        note: str | None = None,
    ) -> dict[str, Any]:
        """A line of history."""
        return {
            "record_id": record_id,
            "version": version,
            "step": step,
            "status": status,
            "ledger_version": ledger.version,
            "actor": actor,
            "at": self._clock.now(),
            "fields": sorted(fields),
            "note": self._seal.note(note, record_id, version),
        }

    def add_line(
        self,
        record: LedgerRecord,
        step: str,
        ledger: Ledger,
        actor: str,
        fields: Sequence[str] = (),
        note: str | None = None,
    ) -> None:
        """The line of history that brought a record to its present version."""
        self._records.add_step(
            self.step_row(record.id, record.version, step, record.status, ledger, actor, fields, note)
        )

    async def hold_keys(
        self, ledger: Ledger, principal: Principal, record_id: UUID, values: Mapping[str, Any], *, live: bool
    ) -> None:
        """The record has what may stand once, and nobody else. A record that has ended holds nothing.

        Raises `RecordExists` if the holder lies in the caller's scope, `RecordNotAcceptedHere` if it does not.
        """
        if not ledger.unique:
            return
        if shape.sealed_keys(ledger):
            self._access.asked[BUCKET] += 1
        untaken = await self.change_keys(ledger, record_id, values, live=live)
        if untaken:
            raise await self._refusal(ledger, principal, untaken)

    async def hold_new_keys(
        self, ledger: Ledger, principal: Principal, records: Sequence[tuple[UUID, Mapping[str, Any], bool]]
    ) -> None:
        """The same for new records: id, values, whether it is live. Of several that are refused none holds a key."""
        if not ledger.unique:
            return
        if shape.sealed_keys(ledger):
            self._access.asked[BUCKET] += len(records)
        keys = [
            key
            for record_id, values, live in records
            if live
            for key in shape.key_rows(ledger, record_id, values, self._crypto)
        ]
        if not await self._keys.take(keys):
            raise await self._refusal(ledger, principal, keys)

    async def change_keys(
        self, ledger: Ledger, record_id: UUID, values: Mapping[str, Any], *, live: bool
    ) -> Sequence[Mapping[str, Any]]:
        """The record's keys become those of its values. Answers those of which one is taken: nothing changed then."""
        keys = shape.key_rows(ledger, record_id, values, self._crypto) if live else []
        held = await self._keys.keys_of(record_id)
        surplus = held - {key["digest"] for key in keys}
        keys = [key for key in keys if key["digest"] not in held]
        if not await self._keys.take(keys):
            return keys
        await self._keys.release(record_id, surplus)
        return ()

    async def _refusal(self, ledger: Ledger, principal: Principal, keys: Sequence[Mapping[str, Any]]) -> DomainError:
        holders = await self._keys.holders(keys)
        scope = principal.department_scope("record.read", ledger.definition.access.read)
        for holder in holders if shape.sealed_keys(ledger) else ():
            self._access.note(
                principal,
                action="open",
                noun=f"{ledger.owner}.{OPEN}",
                object_id=holder.id,
                area=holder.area,
                detail=Detail.EXISTENCE,
                result=Result.REFUSED,
                role=principal.role_in("record.read", holder.area, holder.department),
            )
        if holders and all(scope.allows(one.area, one.department) for one in holders):
            return RecordExists(holders[0].id)
        return RecordNotAcceptedHere()

    def note_write(
        self,
        principal: Principal,
        action: str,
        permission: str,
        record: LedgerRecord,
        owner: str,
        *,
        area: str | None = None,
    ) -> None:
        """Who wrote, by which role; `area`: where, if not where the record lies now."""
        place = area or record.area
        self._access.note(
            principal,
            action=action,
            noun=f"{owner}.{OPEN}",
            object_id=record.id,
            area=place,
            detail=Detail.WRITE,
            role=principal.role_in(permission, place, record.department),
        )

    def announce(self, ledger: Ledger, record: LedgerRecord, word: str, *, aside: bool = False, **carried: Any) -> None:
        """The fact of a record's present version. `aside`: it follows from what somebody did to something else."""
        self._outbox.add(fact_of(ledger, record, word, **carried), aside=aside)


def noun_of(owner: str, *, restricted: bool) -> str:
    """The noun under which a record travels."""
    return f"{owner}.{RESTRICTED if restricted else OPEN}"


def fact_of(ledger: Ledger, record: LedgerRecord, word: str, **carried: Any) -> Any:
    """A fact with the record's state."""
    noun = noun_of(ledger.owner, restricted=record.restricted_topic)
    state = STATES[noun]
    assert issubclass(state, RecordState)
    entered = {status: datetime.fromisoformat(at) for status, at in record.entered.items()}
    return FACTS[(f"{noun}.{word}", 1)](
        state=state(
            id=record.id,
            version=record.version,
            ledger=record.ledger,
            ledger_version=record.ledger_version,
            area=record.area,
            department=record.department,
            subject_id=record.subject_id,
            status=record.status,
            opened_at=record.opened_at,
            entered=entered,
            due_at=record.due_at,
            values=shape.published(ledger, record.values),
            counts=ledger.counts(record.values, record.status, entered),
        ),
        **carried,
    )


def runs_of(record: LedgerRecord) -> Runs:
    """The limits of a record."""
    return tuple(map(LimitRun.read, record.limits))
