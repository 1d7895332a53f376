"""Matters (一件事办件): several items applied for at once, materials brought once, one answer by who leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain.codes import CaseUndoReason, MaterialStatus
from services.services_hall.cases.domain.lifecycle import LIFECYCLE, OPEN, CaseAction
from services.services_hall.cases.models import Case
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.handling import CaseHandling
from services.services_hall.cases.service.submission import CaseSubmission, Submission
from services.services_hall.items.repository import ItemRepository
from services.services_hall.packages.domain import (
    ItemNotInPackage,
    PackageTransitionError,
    SharedMaterialUnknown,
    one_answer,
    require_move,
)
from services.services_hall.packages.models import Matter, MatterStep
from services.services_hall.packages.repository import MatterRepository, PackageRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import (
    MatterAnswered,
    MatterOpened,
    MatterRestated,
    MatterState,
    MatterStatus,
    MatterUndone,
    MatterWithdrawn,
    PackageStatus,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

COLLECTED = LIFECYCLE[CaseAction.CHECK_MATERIAL].origins


@dataclass(frozen=True)
class MatterDetail:
    """A matter with its cases and what was done with it, oldest first."""

    matter: Matter
    cases: Sequence[Case]
    steps: Sequence[MatterStep]


class Matters:
    """Use cases of matters. The cases in them are opened and moved by their own use cases, which are handed in."""

    def __init__(self, context: UseCaseContext, submission: CaseSubmission, handling: CaseHandling) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._submission = submission
        self._handling = handling
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._packages = PackageRepository(context.session)
        self._matters = MatterRepository(context.session)

    async def open(self, principal: Principal, package_id: UUID, chosen: Sequence[UUID], new: Submission) -> Matter:
        """Bring a matter: a case for each item that is chosen, for one applicant.

        Raises `NotFound`, `PackageTransitionError` for a package that is offered no more, `ItemNotInPackage`, and as
        `CaseSubmission.submit` for each item.
        """
        package = await self._packages.get(package_id)
        if package is None:
            raise NotFound(package_id)
        if package.status != PackageStatus.ACTIVE:
            raise PackageTransitionError(package_id)
        strange = [f"items.{n}" for n, one in enumerate(chosen) if str(one) not in package.items]
        if strange:
            raise ItemNotInPackage.at(*strange)
        principal.department_scope("case.submit").require(new.area, package.lead_department)
        cases = await self._submission.submit_together(principal, chosen, new)
        matter = Matter(
            id=new_id(),
            version=1,
            package_id=package_id,
            department=package.lead_department,
            area=new.area,
            person_id=cases[0].person_id,
            cases=[str(case.id) for case in cases],
            status=MatterStatus.OPEN,
            opened_at=self._clock.now(),
        )
        self._matters.add(matter)
        await self._session.flush()
        self._record(matter, principal.subject, "open", None)
        self._outbox.add(MatterOpened(state=MatterState.model_validate(matter)))
        return matter

    async def check_material(
        self, principal: Principal, id: UUID, *, number: int, status: MaterialStatus, expected: Seen = None
    ) -> Matter:
        """A shared material was looked at: it is checked off in each case that wants it and still collects papers.

        Raises `SharedMaterialUnknown`, and as `CaseHandling.check_material`.
        """
        matter = await self._seen(principal, id, "case.submit", expected)
        package = await self._packages.get(matter.package_id)
        assert package is not None, "by the foreign key"
        if not 1 <= number <= len(package.shared):
            raise SharedMaterialUnknown.at("number")
        name = package.shared[number - 1]
        for case in sorted(await self._cases_of(matter), key=_by_id):
            version = await self._items.version(case.item_id, case.item_version)
            assert version is not None, "by the foreign key"
            places = [place for place, one in enumerate(version.materials, 1) if one["name"] == name]
            if places and CaseStatus(case.status) in COLLECTED:
                await self._handling.check_material(
                    principal, case.id, number=places[0], status=status, promised_on=None
                )
        return matter

    async def answer(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Matter:
        """统一答复: one answer by who leads, once each case has its result. Raises `MatterNotDecided`."""
        matter = await self._seen(principal, id, "case.decide", expected)
        require_move(MatterStatus(matter.status), MatterStatus.ANSWERED, id)
        cases = await self._cases.all_in_locked([UUID(one) for one in matter.cases])
        granted = one_answer([(CaseStatus(case.status), case.granted) for case in cases])
        changes = {"status": MatterStatus.ANSWERED, "answered_at": self._clock.now(), "granted": granted}
        return await self._move(principal, matter, "answer", MatterAnswered, changes)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Matter:
        """The applicant takes back whatever of it is not decided."""
        matter = await self._seen(principal, id, "case.submit", expected)
        require_move(MatterStatus(matter.status), MatterStatus.WITHDRAWN, id)
        for case in sorted(await self._cases_of(matter), key=_by_id):
            if case.status in OPEN and case.status != CaseStatus.DECIDED:
                await self._handling.withdraw(principal, case.id)
        return await self._move(principal, matter, "withdraw", MatterWithdrawn, {"status": MatterStatus.WITHDRAWN})

    async def undo(self, principal: Principal, id: UUID, *, reason: CaseUndoReason, expected: Seen) -> Matter:
        """An answer or a withdrawal was entered wrong: it is taken back, and the history keeps both.

        By who may do what is taken back. Cases that were withdrawn with it are taken back each by itself (`undoCase`).
        """
        matter = await self._seen(principal, id, "case.submit", expected)
        decides = principal.department_scope("case.decide")
        if matter.status == MatterStatus.ANSWERED and not decides.allows(matter.area, matter.department):
            raise Forbidden
        require_move(MatterStatus(matter.status), MatterStatus.OPEN, id)
        changes = {"status": MatterStatus.OPEN, "answered_at": None, "granted": None}
        return await self._move(principal, matter, "undo", MatterUndone, changes, reason)

    async def read(self, principal: Principal, id: UUID) -> MatterDetail:
        """A matter in scope with its cases; the look is noted. Raises `NotFound`."""
        matter = await self._matters.get(id)
        if matter is None:
            raise NotFound(id)
        principal.department_scope("case.read").require(matter.area, matter.department)
        self._note(principal, matter, "read")
        return MatterDetail(matter, await self._cases_of(matter), await self._matters.steps(id))

    async def page(self, principal: Principal, *, area: str | None, after: UUID | None, limit: int) -> Sequence[Matter]:
        """Matters in scope by id, one more than `limit` if there is one; each shown is noted."""
        scope = principal.department_scope("case.read", within=area)
        rows = await self._matters.page(scope, after=after, limit=limit + 1)
        for matter in rows[:limit]:
            self._note(principal, matter, "list")
        return rows

    async def count(self, principal: Principal, *, area: str | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._matters.count(principal.department_scope("case.read", within=area))

    async def _seen(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Matter:
        scope = principal.department_scope(permission)
        matter = await self._matters.locked(id, scope)
        if matter is None:
            raise NotFound(id)
        scope.require(matter.area, matter.department)
        require_version(matter, expected)
        return matter

    async def _cases_of(self, matter: Matter) -> list[Case]:
        found = [await self._cases.get(UUID(one)) for one in matter.cases]
        return [case for case in found if case is not None]

    async def _move(
        self,
        principal: Principal,
        matter: Matter,
        step: str,
        fact: Any,
        changes: Mapping[str, Any],
        reason: str | None = None,
    ) -> Matter:
        moved = await compare_and_set(self._session, matter, **changes)
        assert moved is not None, "the row is locked"
        self._record(moved, principal.subject, step, reason)
        self._outbox.add(fact(state=MatterState.model_validate(moved)))
        return moved

    def _record(self, matter: Matter, actor: str, step: str, reason: str | None) -> None:
        at = self._clock.now()
        row = MatterStep(matter_id=matter.id, version=matter.version, step=step, at=at, actor=actor, reason=reason)
        self._matters.add(row)

    def _note(self, principal: Principal, matter: Matter, action: str) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.matter",
            object_id=matter.id,
            area=matter.area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.EXISTENCE,
            role=principal.role_in("case.read", matter.area, matter.department),
        )


def _by_id(case: Case) -> UUID:
    """The order in which cases are locked, here and by whoever locks several."""
    return case.id


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[MatterRestated]:
    """Restated facts of the next matters, their rows locked."""
    rows = await MatterRepository(session).locked_after(UUID(after) if after else None, limit)
    return [MatterRestated(state=MatterState.model_validate(row)) for row in rows]
