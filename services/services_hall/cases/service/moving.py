"""What every use case of a case does: lock it where the caller may act, move it, record the step, announce it."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import inspect

from services.services_hall.cases.domain.lifecycle import (
    LIFECYCLE,
    NOT_UNDONE,
    OPEN,
    RECEIVED,
    CaseAction,
    Place,
    Rule,
    require_allowed,
)
from services.services_hall.cases.domain.limits import DELIVER_WITHIN, TELL_WITHIN
from services.services_hall.cases.domain.materials import promises
from services.services_hall.cases.domain.refusals import CaseHeldElsewhere, CaseNotSent, CaseOnItsWay
from services.services_hall.cases.domain.waiting import OF_STEPS, Waiting, waits
from services.services_hall.cases.domain.waiting import Place as WaitingAt
from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.items.models import ItemVersion
from services.services_hall.items.repository import ItemRepository
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.cases import CaseState, CaseStatus
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"id", "version", "number", "item_id", "item_version", "department", "category", "area", "former"})
"""Columns that no undo brings back: what a case is, and where its counter is after changes of areas."""


class CaseMoving:
    """The hands of the use cases that move cases."""

    def __init__(self, context: UseCaseContext) -> None:
        self.session = context.session
        self.clock = context.clock
        self.outbox = context.outbox
        self.cases = CaseRepository(context.session)
        self.deadlines = Deadlines(context.session)
        self._items = ItemRepository(context.session)

    async def begin(
        self, principal: Principal, id: UUID, action: CaseAction, expected: Seen, *, department: str | None = None
    ) -> Case:
        """The case, locked, for an action that the table allows at the place where the caller may take it.

        `department`: whose consent is answered. The calendar is held first. Raises `NotFound`, `VersionMismatch`,
        `CaseTransitionError`, `CaseHeldElsewhere`, `CaseOnItsWay`, `CaseNotSent`.
        """
        await self.deadlines.hold()
        rule = LIFECYCLE[action]
        case = await self.seen(principal, id, rule.permission, expected)
        require_allowed(CaseStatus(case.status), action, case.id)
        if rule.place is Place.HOLDER and case.sent is not None:
            raise CaseOnItsWay(case.id)
        if rule.place is Place.RECEIVER and case.sent is None:
            raise CaseNotSent(case.id)
        self.require_place(principal, case, rule, department)
        return case

    async def seen(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Case:
        """The case, locked, as the caller saw it. Raises `NotFound`, `VersionMismatch`."""
        case = await self.cases.locked(id, principal.department_scope(permission))
        if case is None:
            raise NotFound(id)
        require_version(case, expected)
        return case

    async def seen_by_who_answered(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Case:
        """As `seen`, also for the department that answered last: the case waits at its desk no more."""
        with suppress(NotFound):
            return await self.seen(principal, id, permission, expected)
        case = await self.cases.locked_anywhere(id)
        last = None if case is None else await self.cases.step(id, case.version)
        if case is None or last is None or last.last is None or last.department is None:
            raise NotFound(id)
        if not self.holds(principal, case, LIFECYCLE[CaseAction(last.last)], last.department):
            raise NotFound(id)
        require_version(case, expected)
        return case

    def require_place(self, principal: Principal, case: Case, rule: Rule, department: str | None) -> None:
        """Raises `CaseHeldElsewhere` unless the rule's permission holds at the rule's place."""
        if not self.holds(principal, case, rule, department):
            raise CaseHeldElsewhere(case.id)

    def holds(self, principal: Principal, case: Case, rule: Rule, department: str | None) -> bool:
        """Whether the caller may act at the rule's place; `department`: whose consent is answered."""
        scope = principal.department_scope(rule.permission)
        counter, lies = (case.area, case.department), case.place
        places = {Place.COUNTER: [counter], Place.EITHER: [counter, lies]}.get(rule.place, [lies])
        if rule.place is Place.RECEIVER and case.sent is not None:
            places = [(str(case.sent["area"]), str(case.sent["department"]))]
        if rule.place is Place.ASKED:
            speaks = department is not None and scope.allows_county(department)
            places = [(lies[0], department)] if speaks and department else []
        return any(scope.allows(*place) for place in places)

    async def content_of(self, case: Case) -> ItemVersion:
        """What the item's version says to which the case is held."""
        version = await self._items.version(case.item_id, case.item_version)
        assert version is not None, "by the foreign key"
        return version

    async def move(
        self,
        actor: str,
        case: Case,
        action: CaseAction,
        fact: type[Fact[CaseState]],
        changes: Mapping[str, Any],
        *,
        reason: str | None = None,
        department: str | None = None,
        of_law: bool = False,
    ) -> Case:
        """The next version of the case, with its dates, its step and its fact. `of_law`: it is not undone."""
        at = {"before": case.version, "last": str(action)}
        if of_law or action in NOT_UNDONE or actor.startswith("system:"):
            at = {"before": None, "last": None}
        return await self._move(actor, case, action, fact, changes, at, reason=reason, department=department)

    async def follow(
        self, actor: str, case: Case, action: CaseAction, fact: Any, *, reason: str | None = None, **changes: Any
    ) -> Case:
        """A version that nobody took a step for: what an undo brings back stays what it was."""
        last = await self.cases.step(case.id, case.version)
        kept = {"before": last and last.before, "last": last and last.last}
        department = last.department if last else None
        return await self._move(actor, case, action, fact, changes, kept, department=department, reason=reason)

    async def go_back(self, actor: str, case: Case, to: CaseStep, fact: Any, *, reason: str, undoes: int) -> Case:
        """The version after an undo: as it was at the step `to`, and dated anew."""
        assert to.content is not None, "only what was recorded is brought back"
        kept = {"before": to.before, "last": to.last, "undoes": undoes}
        changes = read_back(to.content)
        await self._mark_removed([one["id"] for one in case.parties], [one["id"] for one in changes["parties"]])
        return await self._move(
            actor, case, CaseAction.UNDO, fact, changes, kept, reason=reason, department=to.department
        )

    async def _move(
        self,
        actor: str,
        case: Case,
        action: CaseAction,
        fact: Any,
        changes: Mapping[str, Any],
        undo: Mapping[str, Any],
        *,
        reason: str | None = None,
        department: str | None = None,
    ) -> Case:
        told = {name: changes.get(name, getattr(case, name)) for name in DATED}
        dated = await self._dates(told)
        waited = await self._waits(case)
        moved = await compare_and_set(self.session, case, **{**changes, **dated})
        assert moved is not None, "the row is locked"
        now = await self._waits(moved)
        if now != waited:
            await self.cases.set_desks(moved.id, now, self.clock.now())
        self.record(moved, actor, action, reason=reason, department=department, **undo)
        self.outbox.add(fact(state=CaseState.model_validate(moved)))
        return moved

    async def _mark_removed(self, before: Collection[str], after: Collection[str]) -> None:
        """Since when the case names somebody no more; one whom an undo brings back it names again."""
        for named, at in ((set(before) - set(after), self.clock.now()), (set(after) - set(before), None)):
            if named:
                await self.cases.set_removed([UUID(one) for one in named], at)

    def record(self, case: Case, actor: str, action: CaseAction, **more: Any) -> None:
        """The step by which the case came to its version, and what it is from then on."""
        content = {name: getattr(case, name) for name in CONTENT}
        step = CaseStep(
            case_id=case.id,
            version=case.version,
            step=str(action),
            at=self.clock.now(),
            actor=actor,
            content=orjson.loads(orjson.dumps(content, default=str)),
            **more,
        )
        self.cases.add(step)

    async def _dates(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """The dates that follow from what a case is: due, due of its step, promised, and whether they are certain."""
        promised = promises(case["materials"])
        dates: dict[str, Any] = {"deferred": len(promised), "promised_on": min(promised, default=None)}
        if case["accepted_at"] is None:
            return {**dates, "due_on": None, "due_provisional": False, "step_due_on": None}
        if case["decided_at"] is not None and case["delivered_at"] is None:
            dates["deliver_by"] = (await self.deadlines.due(business_day(case["decided_at"]), DELIVER_WITHIN)).day
        if CaseStatus(case["status"]) not in OPEN:
            return {**dates, "due_provisional": False}  # no later notice moves it any more
        days = case["promised_days"] + case["extended_days"]
        due = await self.deadlines.running(case["accepted_at"], days, case["pauses"])
        dates |= {"due_on": due and due.day, "due_provisional": due is not None and due.provisional}
        dates["step_due_on"] = None
        if case["step_began_on"] is not None:
            ending = await self.deadlines.running(case["step_began_on"], case["step_days"] or 0, case["pauses"])
            dates["step_due_on"] = ending and ending.day
        return dates

    async def set_desks(self, case: Case) -> None:
        """The tasks of a case, locked, as they would be made now."""
        await self.cases.set_desks(case.id, await self._waits(case), self.clock.now())

    async def add_desks(self, case: Case) -> None:
        """The tasks of a case that is new."""
        await self.cases.add_desks(case.id, await self._waits(case), self.clock.now())

    async def _waits(self, case: Case) -> Mapping[WaitingAt, Waiting]:
        steps = len((await self.content_of(case)).steps) if case.status in OF_STEPS else 0
        told_by = None
        if case.status == RECEIVED:
            since = case.supplied_at or case.received_at
            assert since is not None, "it was received"
            told_by = (await self.deadlines.due(business_day(since), TELL_WITHIN)).day
        return waits({name: getattr(case, name) for name in WAITED}, steps, told_by)

    async def is_deemed(self, case: Case) -> bool:
        """Whether nobody told in time what is missing: it counts as accepted since it was received, or supplied."""
        since = case.supplied_at or case.received_at
        assert since is not None, "it was received"
        return business_day(since) <= await self.deadlines.told_too_late(self.today())

    async def dates_of(self, case: Case) -> dict[str, Any]:
        """The dates of a case as they would be computed now."""
        return await self._dates({name: getattr(case, name) for name in DATED})

    def today(self) -> date:
        """The business day now."""
        return today(self.clock)


CONTENT = tuple(column.key for column in inspect(Case).columns if column.key not in FIXED)
DATED = (
    *("status", "accepted_at", "promised_days", "extended_days", "pauses", "step_began_on", "step_days"),
    *("materials", "decided_at", "delivered_at"),
)
"""Columns from which the dates of a case follow."""
WAITED = (
    *("status", "area", "department", "held_area", "held_department", "sent", "consents", "step", "promised_days"),
    *("due_on", "step_due_on", "deliver_by", "supply_until"),
)
"""Columns from which its tasks follow."""
_TYPES = {column.key: column.type.python_type for column in inspect(Case).columns}


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, days and instants as such."""
    return {name: _read(_TYPES[name], value) for name, value in content.items() if name in _TYPES}


def _read(kind: type, value: Any) -> Any:
    if value is None or kind not in (datetime, date, UUID):
        return value
    if kind is UUID:
        return UUID(value)
    return datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
