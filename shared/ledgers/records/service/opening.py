"""Opening of records (登记)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from shared.auth.principal import Principal
from shared.auth.scope import DepartmentScope
from shared.clock import today
from shared.ids import new_id
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.clock import Runs, enter
from shared.ledgers.records.domain import IMPORT, OPENING, NewRecord, RecordStanding
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.attaching import FileChanges, RecordAttaching
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.permitted import require_fields
from shared.ledgers.records.service.references import References
from shared.ledgers.records.service.steps import StepScopes
from shared.ledgers.records.service.writing import RecordWriter
from shared.ledgers.records.standing import lifecycle_of
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar


@dataclass(frozen=True)
class _Accepted:
    """A new record whose own values were taken: what of it rests on nothing else."""

    id: UUID
    new: NewRecord
    values: Mapping[str, Any]
    place: tuple[str, str | None]


@dataclass(frozen=True)
class _Judged:
    """A new record with the statuses that it entered, its whole values and its files."""

    accepted: _Accepted
    entries: Sequence[tuple[str, datetime]]
    whole: Mapping[str, Any]
    files: FileChanges

    @property
    def status(self) -> str:
        return self.entries[-1][0]


class RecordOpening:
    """Use case that makes records."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._references = References(context.session, context.clock, surroundings)
        self._attaching = RecordAttaching(context)
        self._following = RecordFollowing(context, ledgers, surroundings)
        self._ledgers = ledgers

    async def open(self, principal: Principal, code: str, new: NewRecord) -> LedgerRecord:
        """登记, in an area of the caller's and, for a department's own, in its name.

        One that stands somewhere already is taken by whoever may take the steps that lead there.

        Raises `NotFound` outside the scope, `Invalid` and its kin for what is wrong by place, `RecordExists`,
        `RecordNotAcceptedHere`, `RecordFieldNotYours`, `RecordStanding`, `RecordSubjectElsewhere`, `NotYet` for what
        has not arrived here.
        """
        ledger = await self._ledgers.open_for_records(code)
        (row,) = await self.open_all(principal, ledger, [new])
        return LedgerRecord(**row)

    async def open_all(
        self, principal: Principal, ledger: Ledger, several: Sequence[NewRecord]
    ) -> Sequence[Mapping[str, Any]]:
        """Several of the version in force, in one go: what they refer to is asked for once. Answers their rows.

        Raises what one of them is refused for; which one it is, is not said. Then the transaction is to be given up.
        """
        permission = ledger.definition.access.write
        accepted = self._accepted(principal, ledger, several)
        await self._references.check_areas(ledger, {one.new.area: "area" for one in accepted})
        await self._following.hold({new.subject_id for new in several if new.subject_id is not None})
        await self._references.check_subjects(ledger, {one.new.subject_id for one in accepted}, principal)
        await self._references.check_values(ledger, [one.values for one in accepted], principal)
        judged = await self._judged(principal, ledger, await self._placed(ledger, accepted))
        calendar = await self._writer.hold_calendar(ledger)
        rows = [self._made(principal, ledger, one, calendar) for one in judged]
        holding = [(one.accepted.id, one.whole, row["live"]) for row, one in zip(rows, judged, strict=True)]
        await self._writer.hold_new_keys(ledger, principal, holding)
        for row, one in zip(rows, judged, strict=True):
            record: Any = SimpleNamespace(**row)  # an entity of the ORM would cost as much as all of the judging
            await self._attaching.change(ledger, record.id, one.accepted.place, one.files)
            self._writer.note_write(principal, OPENING, permission, record, ledger.owner)
            self._writer.announce(ledger, record, "opened")
        return rows

    def _accepted(self, principal: Principal, ledger: Ledger, several: Sequence[NewRecord]) -> list[_Accepted]:
        access, department = ledger.definition.access, ledger.definition.department
        scopes: dict[str, DepartmentScope] = {}
        ids = sorted(new_id() for _ in several)  # lists are in their order: those of one millisecond as they came
        found = []
        for record_id, new in zip(ids, several, strict=True):
            if new.area not in scopes:
                scopes[new.area] = principal.department_scope("record.write", access.write, within=new.area)
            values = self._writer.accepted(ledger, new.values)
            place = (new.area, values.get(department) if department else None)
            scopes[new.area].require(*place)
            require_fields(ledger, principal, new.values, place)
            found.append(_Accepted(record_id, new, values, place))
        return found

    async def _placed(self, ledger: Ledger, accepted: Sequence[_Accepted]) -> Sequence[_Accepted]:
        """Where their subjects lie."""
        placed = await self._following.opened(ledger, [one.new for one in accepted])
        return [
            replace(one, new=new, values={**one.values, **fields}, place=(new.area, one.place[1]))
            for one, (new, fields) in zip(accepted, placed, strict=True)
        ]

    async def _judged(self, principal: Principal, ledger: Ledger, accepted: Sequence[_Accepted]) -> list[_Judged]:
        lifecycle, steps = lifecycle_of(ledger), StepScopes(principal, ledger)
        found = []
        for one in accepted:
            standing = one.new.standing
            if standing is not None:
                problems = lifecycle.problems(standing, steps.verbs(*one.place), today=today(self._clock))
                if problems:
                    raise RecordStanding(errors=problems)
            entries = lifecycle.entries(standing, self._clock.now())
            whole = self._writer.completed(ledger, one.values, entries[-1][0])
            files = await self._attaching.judged(principal, ledger, one.id, whole)
            found.append(_Judged(one, entries, whole, files))
        return found

    def _made(self, principal: Principal, ledger: Ledger, one: _Judged, calendar: WorkingCalendar) -> dict[str, Any]:
        now, new, record_id = self._clock.now(), one.accepted.new, one.accepted.id
        ends = one.status in ledger.finals and one.status != ledger.initial
        runs: Runs = ()
        for name, at in one.entries:
            runs = enter(runs, ledger.definition.clock, name, at, calendar, final=ends and name == one.status)
        row = {
            "id": record_id,
            "version": 1,
            "ledger": ledger.code,
            "ledger_version": ledger.version,
            "area": new.area,
            "subject_id": new.subject_id,
            "status": one.status,
            "live": not ends,
            "restricted_topic": ledger.travels_restricted,
            **self._writer.value_columns(ledger, record_id, one.whole),
            "entered": {name: at.isoformat() for name, at in one.entries},
            **self._writer.limit_columns(ledger, runs, calendar),
            "opened_by": principal.subject,
            "opened_at": now,
            "changed_at": now,
        }
        filled = [name for name, value in one.whole.items() if value not in (None, [])]
        line = OPENING if new.standing is None else IMPORT
        step = self._writer.step_row(record_id, 1, line, one.status, ledger, principal.subject, filled, new.note)
        self._records.add(row, step, self._writer.index_rows(ledger, record_id, one.whole))
        return row
