"""Handling of records (办理): corrected, stepped along their lifecycle, one or many, and limits extended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import DomainError, FieldError, Forbidden, Invalid, NotFound, ReasonRequired
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.lifecycle import StepDefinition
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records import clock as limits
from shared.ledgers.records import shape
from shared.ledgers.records.attachments import named_files
from shared.ledgers.records.domain import (
    CORRECTION,
    EXTENSION,
    BulkAnswer,
    RecordFinal,
    RecordFourEyes,
    RecordStepUnknown,
    RecordTransitionError,
    StepCall,
)
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.attaching import FileChanges, RecordAttaching
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.permitted import require_fields, require_related, unseen_by
from shared.ledgers.records.service.references import References
from shared.ledgers.records.service.steps import step_scope
from shared.ledgers.records.service.writing import RecordWriter, runs_of
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


class RecordHandling:
    """Use cases that change a record.

    Each takes `expected`, the version that the caller saw (None: any), and raises `NotFound` outside the caller's areas
    and departments, `VersionMismatch` for another version. The record is locked first: of two at once the second finds
    what the first has made of it. Everything is refused before anything is written.
    """

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._references = References(context.session, context.clock, surroundings)
        self._attaching = RecordAttaching(context)
        self._following = RecordFollowing(context, ledgers, surroundings)
        self._ledgers = ledgers

    async def correct(
        self,
        principal: Principal,
        code: str,
        id: UUID,
        sent: Mapping[str, Any],
        note: str | None = None,
        *,
        expected: Seen = None,
    ) -> LedgerRecord:
        """更正: the values that are sent, null empties one. What changes nothing makes no version.

        Raises `RecordFinal` for a record that has ended, and what opening raises.
        """
        seen, ledger = await self._seen(principal, code, id, expected)
        access, place = ledger.definition.access, (seen.area, seen.department)
        scope = principal.department_scope("record.write", access.write)
        if not scope.allows(*place):
            raise Forbidden(id)
        if seen.status in ledger.finals and seen.status != ledger.initial:
            raise RecordFinal(id)
        whole, changed, files = await self._changed(principal, ledger, seen, sent, seen.status)
        department = ledger.definition.department
        if department in changed:
            scope.require(seen.area, whole.get(department) if department else None)
        if not changed and ledger.version == seen.ledger_version:
            return seen
        await self._writer.hold_keys(ledger, principal, id, whole, live=seen.live)
        moved = await self._set(ledger, seen, whole, changed, files)
        self._writer.add_line(moved, CORRECTION, ledger, principal.subject, changed, note)
        self._writer.note_write(principal, CORRECTION, access.write, moved, ledger.owner)
        self._writer.announce(ledger, moved, "corrected")
        return moved

    async def step(
        self, principal: Principal, code: str, id: UUID, call: StepCall, *, expected: Seen = None
    ) -> LedgerRecord:
        """办理: one step of the ledger's lifecycle, with what it fills and why.

        Raises `RecordStepUnknown`, `Forbidden`, `RecordTransitionError`, `RecordFourEyes`, `ReasonRequired`, `Invalid`
        for values that the step does not fill or that the new status does not allow.
        """
        await self._hold_calendar(code)
        seen, ledger = await self._seen(principal, code, id, expected)
        return await self._stepped(principal, ledger, seen, call)

    async def step_many(
        self, principal: Principal, code: str, calls: Mapping[UUID, tuple[StepCall, Seen]]
    ) -> Sequence[BulkAnswer]:
        """A step for many records, each answered for itself: what is refused leaves the others alone."""
        await self._hold_calendar(code)
        newest = await self._ledgers.newest(code)
        scope = principal.department_scope("record.read", newest.definition.access.read)
        scope.require_all()  # records out of reach are answered one by one, and judge nothing
        found = await self._records.locked(code, calls.keys(), scope.where(LedgerRecord.area, LedgerRecord.department))
        answers: list[BulkAnswer] = []
        for one, (call, expected) in calls.items():
            try:
                seen, ledger = await self._admitted(principal, found.get(one), expected)
                _require_no_question(ledger, call)
                moved = await self._stepped(principal, ledger, seen, call)
            except DomainError as refusal:
                answers.append(BulkAnswer(one, refusal=refusal))
            else:
                answers.append(BulkAnswer(one, version=moved.version, status=moved.status))
        return answers

    async def extend(
        self, principal: Principal, code: str, id: UUID, limit: str, reason: str, *, expected: Seen = None
    ) -> LedgerRecord:
        """延期: one limit, once more, before it ends. Raises `LimitNotExtensible`, `LimitNotRunning`, `LimitOver`."""
        await self._hold_calendar(code)
        seen, ledger = await self._seen(principal, code, id, expected)
        terms = next((one for one in ledger.limits if one.id == limit), None)
        if terms is None or terms.extension is None:
            raise limits.LimitNotExtensible(id)
        permission = terms.extension.permission
        if not principal.department_scope("record.read", permission).allows(seen.area, seen.department):
            raise Forbidden(id)
        calendar = await self._writer.hold_calendar(ledger)
        runs = limits.extended(runs_of(seen), ledger.definition.clock, limit, self._clock.now(), calendar)
        changes = self._writer.limit_columns(ledger, runs, calendar)
        moved = await self._moved(seen, ledger_version=ledger.version, **changes)
        self._writer.add_line(moved, EXTENSION, ledger, principal.subject, [], reason)
        self._writer.note_write(principal, EXTENSION, permission, moved, ledger.owner)
        self._writer.announce(ledger, moved, "extended", limit=limit)
        return moved

    async def _hold_calendar(self, code: str) -> None:
        """Before any record is locked: whoever computes limits again holds the calendar first, too."""
        await self._writer.hold_calendar(await self._ledgers.newest(code))

    async def _seen(self, principal: Principal, code: str, id: UUID, expected: Seen) -> tuple[LedgerRecord, Ledger]:
        newest = await self._ledgers.newest(code)
        scope = principal.department_scope("record.read", newest.definition.access.read)
        found = await self._records.locked(code, [id], scope.where(LedgerRecord.area, LedgerRecord.department))
        return await self._admitted(principal, found.get(id), expected)

    async def _admitted(
        self, principal: Principal, record: LedgerRecord | None, expected: Seen
    ) -> tuple[LedgerRecord, Ledger]:
        """A locked record that its reader may see, with the ledger that it is handled by."""
        if record is None:
            raise NotFound
        ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
        scope = principal.department_scope("record.read", ledger.definition.access.read)
        scope.require(record.area, record.department)
        require_version(record, expected)
        return record, ledger

    @staticmethod
    def _require_step(principal: Principal, step: StepDefinition, record: LedgerRecord) -> None:
        """The caller may take the step there: with a level, by a grant at this level or above. Raises `Forbidden`."""
        if not step_scope(principal, step).allows(record.area, record.department):
            raise Forbidden(record.id)

    async def _stepped(self, principal: Principal, ledger: Ledger, seen: LedgerRecord, call: StepCall) -> LedgerRecord:
        step = ledger.step(call.verb)
        if step is None:
            raise RecordStepUnknown(seen.id)
        self._require_step(principal, step, seen)
        if seen.status not in step.origins:
            raise RecordTransitionError(seen.id)
        if step.four_eyes and await self._records.has_done(
            seen.id, principal.subject, step.four_eyes, initial=ledger.initial
        ):
            raise RecordFourEyes(seen.id)
        if (step.reason or step.reopens) and call.reason is None:
            raise ReasonRequired(seen.id, errors=[FieldError("reason", "missing", "此操作须说明理由")])
        if any(name not in step.fills for name in call.values):
            raise Invalid(errors=[FieldError("values", "not_filled_here", "含有此操作不填写的内容")])
        whole, changed, files = await self._changed(principal, ledger, seen, call.values, step.to)
        giver, area = seen.area, await self._taker(principal, ledger, step, seen, call)
        ends = step.to in ledger.finals and step.to != ledger.initial
        await self._writer.hold_keys(ledger, principal, seen.id, whole, live=not ends)
        now, calendar = self._clock.now(), await self._writer.hold_calendar(ledger)
        runs = limits.enter(runs_of(seen), ledger.definition.clock, step.to, now, calendar, final=ends)
        kept = {at: when for at, when in seen.entered.items() if not (step.reopens and at in ledger.finals)}
        moved = await self._set(
            ledger,
            seen,
            whole,
            changed,
            files,
            area=area,
            status=step.to,
            live=not ends,
            entered={**kept, step.to: now.isoformat()},
            **self._writer.limit_columns(ledger, runs, calendar),
        )
        fields = changed if area == giver else [*changed, "area"]
        self._writer.add_line(moved, step.verb, ledger, principal.subject, fields, call.reason)
        for place in {giver, area}:  # whoever gave it finds it among its accesses, too
            self._writer.note_write(principal, step.verb, step.permission, moved, ledger.owner, area=place)
        self._writer.announce(ledger, moved, "stepped", step=step.verb)
        if area != giver:
            await self._following.follow(Subject.RECORD, [str(moved.id)])
        return await self._following.catch_up(ledger, moved) if step.reopens else moved

    async def _taker(
        self, principal: Principal, ledger: Ledger, step: StepDefinition, seen: LedgerRecord, call: StepCall
    ) -> str:
        """Where the record lies after the step. Raises `NotFound` for a taker outside the caller's scope."""
        if step.hands_over != (call.area is not None):
            code, message = ("missing", "必填") if step.hands_over else ("not_filled_here", "此操作不移交记录")
            raise Invalid(errors=[FieldError("area", code, message)])
        if call.area is None:
            return seen.area
        step_scope(principal, step).require(call.area, seen.department)
        await self._references.check_area(ledger, call.area)
        return call.area

    async def _changed(
        self, principal: Principal, ledger: Ledger, seen: LedgerRecord, sent: Mapping[str, Any], status: str
    ) -> tuple[dict[str, Any], list[str], FileChanges]:
        """The whole values after what was sent, which of them changed, and what becomes of files.

        What the caller may not see counts as changed: that it was the same already is told to nobody. What stays as it
        was may refer to what has gone since.
        """
        held = self._writer.opened(seen)
        place = (seen.area, seen.department)
        require_fields(ledger, principal, sent, place, held=held)
        require_related(ledger, principal, sent, place, held=held)
        accepted = self._writer.accepted(ledger, sent, held=held)
        told = [name for name, value in accepted.items() if name in ledger.sealed_fields and value is not None]
        if told and seen.subject_id is not None:
            await self._references.check_kept(ledger.definition.subject, [seen.subject_id], "values")
        unseen = unseen_by(principal, ledger, place) if not ledger.sealed_fields.isdisjoint(sent) else frozenset()
        new = {
            name: value for name, value in accepted.items() if value != held.get(name) or ledger.privacy[name] in unseen
        }
        await self._references.check_values(ledger, [new], principal)
        own = {name: value for name, value in held.items() if name in ledger.fields or name in ledger.rows}
        whole = self._writer.completed(ledger, {**own, **accepted}, status)
        changed = [
            name
            for name, value in whole.items()
            if _filled(value) != _filled(held.get(name)) or (name in sent and ledger.privacy[name] in unseen)
        ]
        stood = list(named_files(ledger, held))
        return whole, changed, await self._attaching.judged(principal, ledger, seen.id, whole, stood)

    async def _set(
        self,
        ledger: Ledger,
        seen: LedgerRecord,
        whole: Mapping[str, Any],
        changed: Sequence[str],
        files: FileChanges,
        **changes: Any,
    ) -> LedgerRecord:
        await self._attaching.change(ledger, seen.id, (seen.area, seen.department), files)
        searched = [name for name in changed if name in ledger.search_fields]
        rows = [row for row in self._writer.index_rows(ledger, seen.id, whole) if row["field"] in searched]
        await self._records.reindex(seen.id, searched, rows)
        columns = self._writer.value_columns(ledger, seen.id, whole) if changed else {}
        return await self._moved(seen, ledger_version=ledger.version, **columns, **changes)

    async def _moved(self, seen: LedgerRecord, **changes: Any) -> LedgerRecord:
        moved = await compare_and_set(self._session, seen, changed_at=self._clock.now(), **changes)
        assert moved is not None, "the row is locked"
        return moved


def _require_no_question(ledger: Ledger, call: StepCall) -> None:
    """Whether a key that tells of people is taken is asked one by one: only then the question is counted."""
    asked = shape.sealed_keys(ledger) & call.values.keys()
    if asked:
        message = "此项须逐条填写，不能批量填写"
        raise Invalid(errors=[FieldError(f"values.{name}", "not_filled_together", message) for name in sorted(asked)])


def _filled(value: Any) -> Any:
    """The value; a small table without rows is an empty one."""
    return None if value == [] else value
