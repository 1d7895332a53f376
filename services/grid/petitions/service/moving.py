"""What every use case of a petition does: lock it where the caller may act, move it, record the step, announce it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import inspect

from services.grid.petitions.domain.codes import PetitionStep
from services.grid.petitions.domain.refusals import PetitionErased, PetitionNothingToUndo, PetitionReviewByAnswerer
from services.grid.petitions.domain.rules import (
    STEPS,
    PetitionLimits,
    Place,
    Rule,
    ask_by,
    place_of,
    require_allowed,
    require_explained,
)
from services.grid.petitions.models import Petition
from services.grid.petitions.repository import PetitionRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.grid.petitions import PetitionState, PetitionStatus, PetitionUndone
from shared.contracts.registry.calendar import CalendarState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.db.sealing import ERASED
from shared.errors import Forbidden, NotFound
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_all
from shared.workdays import WorkingCalendar

FIXED = frozenset(
    {"id", "version", "area", "former", "level", "form", "matter", "people", "reception_id", "person_id"}
    | {"name", "phone", "address", "claim", "registered_on"}
)
"""Columns that no step changes."""
CONTENT = tuple(column.key for column in inspect(Petition).columns if column.key not in FIXED)
DAYS = frozenset(name for name in CONTENT if name.endswith(("_on", "_by")) and name != "answered_by")


class PetitionMoving:
    """The hands of the use cases that move petitions."""

    def __init__(self, context: UseCaseContext) -> None:
        self.session = context.session
        self.clock = context.clock
        self.crypto = context.crypto
        self.petitions = PetitionRepository(context.session)
        self._outbox = context.outbox

    @property
    def today(self) -> date:
        return today(self.clock)

    async def last_day_to_ask(self, told_on: date, limits: PetitionLimits) -> date:
        """Until when the petitioner asks for a review of what was delivered on a day, by the county's calendar."""
        return ask_by(told_on, limits, WorkingCalendar(await projected_all(self.session, CalendarState)))

    async def begin(self, principal: Principal, id: UUID, step: PetitionStep, expected: Seen) -> Petition:
        """The petition, locked, for a step that the table allows where the caller may take it.

        Raises `NotFound` for what the caller's list does not show, `Forbidden` for a step that is another office's,
        `VersionMismatch`, `PetitionTransitionError`.
        """
        petition = await self.petitions.locked(id)
        if petition is None:
            raise NotFound(id)
        self._require(principal, petition, STEPS[step])
        require_version(petition, expected)
        require_allowed(PetitionStatus(petition.status), step, id)
        return petition

    async def move(
        self,
        principal: Principal,
        petition: Petition,
        step: PetitionStep,
        fact: type[Fact[PetitionState]],
        *,
        reason: str | None = None,
        note: str | None = None,
        **changes: Any,
    ) -> Petition:
        """The next version of the petition, with its step and its fact. Raises `ReasonRequired`."""
        require_explained(reason, note)
        before = petition.version
        moved = await self._next(petition, fact, changes)
        await self.record(principal.subject, moved, step, before, reason, note)
        return moved

    async def undo(self, principal: Principal, id: UUID, note: str | None, *, expected: Seen) -> Petition:
        """撤销上一步: the last step was entered wrong; asked again, the one before. By who may take that step.

        Raises `NotFound`, `Forbidden`, `VersionMismatch`, `PetitionNothingToUndo`, `PetitionReviewByAnswerer`,
        `PetitionErased`.
        """
        petition = await self.petitions.locked(id)
        if petition is None or not may_read(principal, petition):
            raise NotFound(id)
        last = await self.petitions.history.get(id, petition.version)
        undone = await self._undone(id, last.step, last.before)
        if undone is None or last.before is None:
            raise PetitionNothingToUndo(id)
        self._require(principal, petition, STEPS[undone])
        require_version(petition, expected)
        if petition.name == ERASED:
            raise PetitionErased(id)
        back = await self.petitions.history.get(id, last.before)
        require_other(principal, id, undone, back.content["answered_by"])
        moved = await self._next(petition, PetitionUndone, read_back(back.content))
        await self.record(principal.subject, moved, PetitionStep.UNDO, back.before, None, note)
        return moved

    async def follow(self, petition: Petition, fact: type[Fact[PetitionState]], **changes: Any) -> Petition:
        """A version that nobody took a step for: what an undo brings back stays what it was."""
        before = (await self.petitions.history.get(petition.id, petition.version)).before
        moved = await self._next(petition, fact, changes)
        await self.record(None, moved, PetitionStep.BOUNDARY, before, None, None)
        return moved

    async def record(
        self,
        actor: str | None,
        petition: Petition,
        step: PetitionStep,
        before: int | None,
        reason: str | None,
        note: str | None,
    ) -> None:
        """The step by which the petition came to its version, and what it is from then on."""
        owner = f"{petition.id}:{petition.version}"
        content = {name: getattr(petition, name) for name in CONTENT}
        await self.petitions.history.record(
            petition.id,
            version=petition.version,
            step=step.value,
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            done_by=actor,
            done_at=self.clock.now(),
            reason=reason,
            note=None if note is None else self.crypto.seal(note, field="petition_step.note", owner=owner),
        )

    async def _next(self, petition: Petition, fact: type[Fact[PetitionState]], changes: Mapping[str, Any]) -> Petition:
        moved = await compare_and_set(self.session, petition, **changes)
        assert moved is not None, "the row is locked"
        self._outbox.add(fact(state=PetitionState.model_validate(moved)))
        return moved

    async def _undone(self, id: UUID, step: str, before: int | None) -> PetitionStep | None:
        """The step that an undo takes back: the last one, or after an undo or a change of areas the one before it."""
        if step not in (PetitionStep.UNDO, PetitionStep.BOUNDARY):
            return PetitionStep(step) if step != PetitionStep.REGISTER else None
        if before is None:
            return None
        for one in await self.petitions.history.page(id, after=before, limit=1):
            return PetitionStep(one.step)
        return None

    @staticmethod
    def _require(principal: Principal, petition: Petition, rule: Rule) -> None:
        place = place_of(rule, petition.area, petition.level)
        department = petition.department if rule.place is Place.ANSWERING else None
        if not principal.department_scope(rule.permission).allows(place, department):
            raise Forbidden if may_read(principal, petition) else NotFound(petition.id)


def require_other(principal: Principal, id: UUID, step: PetitionStep, answered_by: str | None) -> None:
    """Who answered neither reviews that nor takes a review back. Raises `PetitionReviewByAnswerer`."""
    if step in (PetitionStep.REVIEW, PetitionStep.FINAL_REVIEW) and answered_by == principal.subject:
        raise PetitionReviewByAnswerer(id)


def may_read(principal: Principal, petition: Petition) -> bool:
    """Whether the caller's list shows the petition."""
    return principal.department_scope("petition.read").allows(petition.office, petition.department)


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, days as such."""
    return {name: date.fromisoformat(value) if value and name in DAYS else value for name, value in content.items()}
