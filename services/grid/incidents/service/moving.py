"""What every use case of an incident does: lock it where the caller may act, move it, record the step, announce it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import inspect

from services.grid.incidents.domain.lifecycle import (
    HANDLED_BY,
    LIFECYCLE,
    NOT_UNDONE,
    OPEN,
    Place,
    Rule,
    Step,
    require_allowed,
)
from services.grid.incidents.domain.refusals import HandlerGivesNoLeave, HandlerMayNotCheck, IncidentHeldElsewhere
from services.grid.incidents.domain.rules import assistants, order_of, require_explained
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.photos import IncidentPhotos
from services.grid.incidents.service.remarks import NO_REMARK, Remark
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.grid.incidents import IncidentState, IncidentStatus
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

FIXED = frozenset(
    {"id", "version", "source", "category", "severity", "description", "reporter", "reported_at", "longitude"}
    | {"latitude", "duplicates", "urges"}
)
"""Columns that no step of people changes, or that no undo brings back: what it is, and what others did to it."""
PLACED = frozenset({"area", "former", "unplaced"})
"""Columns that the undo of a placing alone brings back: areas and grids change by themselves, too."""


class IncidentFollower(Protocol):
    """Who must learn, in the same transaction, that an incident went a step."""

    async def follow(self, incident: Incident) -> None: ...


class IncidentAttached(Protocol):
    """What belongs to an incident and lies where it lies."""

    async def follow_place(self, incident: Incident) -> None: ...


class IncidentMoving:
    """The hands of the use cases that move incidents.

    An incident is locked first: of two steps at once the second finds what the first has made of it, and a deadline
    that was computed again meanwhile keeps nobody from a step.
    """

    def __init__(
        self,
        context: UseCaseContext,
        followers: Sequence[IncidentFollower] = (),
        photos: IncidentPhotos | None = None,
        attached: Sequence[IncidentAttached] = (),
    ) -> None:
        self.session = context.session
        self.clock = context.clock
        self.incidents = IncidentRepository(context.session)
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._followers = followers
        self._attached = attached
        self._photos = photos or IncidentPhotos(None)

    async def begin(
        self, principal: Principal, id: UUID, step: Step, expected: Seen, *, number: int | None = None
    ) -> Incident:
        """The incident, locked, for a step that the table allows at the place where the caller may take it.

        `number`: of the order that an assisting unit acts on. Raises `NotFound`, `VersionMismatch`,
        `IncidentTransitionError`, `IncidentHeldElsewhere`, `HandlerMayNotCheck`, `HandlerGivesNoLeave`.
        """
        rule = LIFECYCLE[step]
        incident = await self.seen(principal, id, rule.permission, expected)
        department = None if number is None else order_of(incident.orders, number)["department"]
        if not holds(principal, incident, rule, department):
            raise IncidentHeldElsewhere(id)
        require_allowed(IncidentStatus(incident.status), step, id)
        if rule.by_other and await self.incidents.has_done(id, principal.subject, HANDLED_BY):
            raise (HandlerMayNotCheck if step in (Step.CHECK, Step.REWORK) else HandlerGivesNoLeave)(id)
        return incident

    async def seen(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Incident:
        """The incident, locked, as the caller saw it. Raises `NotFound`, `VersionMismatch`."""
        incident = await self.incidents.locked(id, principal.department_scope(permission))
        if incident is None:
            raise NotFound(id)
        require_version(incident, expected)
        return incident

    async def move(
        self,
        actor: str,
        incident: Incident,
        step: Step,
        fact: type[Fact[IncidentState]],
        changes: Mapping[str, Any],
        remark: Remark = NO_REMARK,
        *,
        department: str | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> Incident:
        """The next version of the incident, with its step and its fact; `told`: what the fact says beside the state.

        `department`: of an order's step. Raises `ReasonRequired`, and as `IncidentPhotos.keep`.
        """
        undo: dict[str, Any] = (
            await self._kept(incident) if step in NOT_UNDONE else {"before": incident.version, "last": step}
        )
        if department is not None:
            undo["department"] = department
        return await self._move(actor, incident, step, fact, changes, undo, remark, told=told)

    async def follow(
        self, actor: str, incident: Incident, step: Step, fact: type[Fact[IncidentState]], **changes: Any
    ) -> Incident:
        """A version that nobody took a step of this incident for: what an undo brings back stays what it was."""
        undo = await self._kept(incident)
        return await self._move(actor, incident, step, fact, changes, undo, NO_REMARK)

    async def go_back(
        self,
        actor: str,
        incident: Incident,
        to: IncidentStep,
        fact: type[Fact[IncidentState]],
        changes: Mapping[str, Any],
        remark: Remark,
        *,
        undoes: int,
    ) -> Incident:
        """The version after an undo: as it was at the step `to`."""
        undo = {"before": to.before, "last": to.last, "undoes": undoes, "department": to.department}
        return await self._move(actor, incident, Step.UNDO, fact, changes, undo, remark)

    async def _kept(self, incident: Incident) -> dict[str, Any]:
        """What an undo would bring back now, and still does after a version that is not undone itself."""
        last = await self.incidents.step(incident.id, incident.version)
        return {} if last is None else {"before": last.before, "last": last.last, "department": last.department}

    async def _move(
        self,
        actor: str,
        incident: Incident,
        step: Step,
        fact: type[Fact[IncidentState]],
        changes: Mapping[str, Any],
        undo: Mapping[str, Any],
        remark: Remark,
        *,
        told: Mapping[str, Any] | None = None,
    ) -> Incident:
        require_explained(remark.reason, remark.note)
        before, assisted, area = incident.unit_id, assistants(incident.orders), incident.area
        changes = dict(changes)
        if changes.get("status", incident.status) not in OPEN:
            changes["due_provisional"] = False  # no later notice moves it any more
        moved = await compare_and_set(self.session, incident, **changes)
        assert moved is not None, "the row is locked"
        if assistants(moved.orders) != assisted:
            await self.incidents.set_assistants(moved.id, assistants(moved.orders))
        await self._photos.keep(moved, remark.photos)
        self.record(moved, actor, step, remark, unit_id=moved.unit_id or before, **undo)
        for follower in self._followers:
            await follower.follow(moved)
        if moved.area != area:
            for one in self._attached:
                await one.follow_place(moved)
        self._outbox.add(fact(state=IncidentState.model_validate(moved), **(told or {})))
        return moved

    async def reported(self, incident: Incident, fact: type[Fact[IncidentState]], remark: Remark) -> None:
        """A new incident: its first step, its photos, its fact."""
        await self._photos.keep(incident, remark.photos)
        self.record(incident, incident.reporter, Step.REPORT, remark)
        self._outbox.add(fact(state=IncidentState.model_validate(incident)))

    def record(self, incident: Incident, actor: str, step: Step, remark: Remark, **more: Any) -> None:
        """The step by which the incident came to its version, and what it is from then on."""
        note, owner = remark.note, f"{incident.id}:{incident.version}"
        content = {name: getattr(incident, name) for name in CONTENT}
        self.incidents.add(
            IncidentStep(
                incident_id=incident.id,
                version=incident.version,
                step=step,
                status=incident.status,
                actor=actor,
                at=self.clock.now(),
                reason=remark.reason,
                note=None if note is None else self._crypto.seal(note, field="incident_step.note", owner=owner),
                photos=[str(photo) for photo in remark.photos],
                content=orjson.loads(orjson.dumps(content, default=str)),
                **more,
            )
        )


def holds(principal: Principal, incident: Incident, rule: Rule, department: str | None = None) -> bool:
    """Whether the caller may act at the rule's place; `department`: of the order that an assisting unit acts on."""
    scope = principal.department_scope(rule.permission)
    match rule.place:
        case Place.OFFICE:
            return scope.allows(incident.held_area, incident.department)
        case Place.UNIT:
            return scope.allows(incident.area, incident.department)
        case Place.ASSISTANT:
            return department is not None and scope.allows(incident.area, department)


CONTENT = tuple(column.key for column in inspect(Incident).columns if column.key not in FIXED)


@cache
def _types() -> Mapping[str, type]:
    """By column; asked once all tables are known: a column that refers to one has its type."""
    return {column.key: column.type.python_type for column in inspect(Incident).columns if column.key in CONTENT}


def read_back(content: Mapping[str, Any], *, placed: bool) -> dict[str, Any]:
    """The columns of a recorded version, instants as such; where it lay only if `placed`."""
    types = _types()
    return {
        name: _read(types[name], value)
        for name, value in content.items()
        if name in types and (placed or name not in PLACED)
    }


def _read(kind: type, value: Any) -> Any:
    if value is None or kind not in (datetime, UUID):
        return value
    return UUID(value) if kind is UUID else datetime.fromisoformat(value)
