"""Use cases of warnings (预警): list and count under one predicate, taken note of, taken back; restatement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_warnings.domain import WarningFilter, require_transition
from services.services_hall.case_warnings.models import CaseWarning
from services.services_hall.case_warnings.repository.warnings import WarningRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.case_warnings import (
    CaseWarningAcknowledged,
    CaseWarningReopened,
    CaseWarningRestated,
    CaseWarningState,
    WarningStatus,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ, HANDLE = "case.read", "case.handle"


class CaseWarnings:
    """Use cases of the receiver."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._access = context.access
        self._outbox = context.outbox
        self._warnings = WarningRepository(context.session)

    async def page(
        self, principal: Principal, area: str | None, wanted: WarningFilter, *, after: UUID | None, limit: int
    ) -> Sequence[CaseWarning]:
        """Warnings in scope, the newest first, the case of each noted as looked at. One more than `limit`, unnoted.

        Raises `NotFound` for an area outside.
        """
        scope = principal.department_scope(READ, within=area)
        found = await self._warnings.page(scope, wanted, after=after, limit=limit + 1)
        for one in found[:limit]:
            self._note(principal, "list_warnings", one, READ, Detail.EXISTENCE)
        return found

    async def count(self, principal: Principal, area: str | None, wanted: WarningFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._warnings.count(principal.department_scope(READ, within=area), wanted)

    async def acknowledge(self, principal: Principal, id: UUID, *, expected: Seen = None) -> CaseWarning:
        """签阅: the receiver took note of it. Raises `NotFound`, `VersionMismatch`, `CaseWarningTransitionError`."""
        now, by = self._clock.now(), principal.subject
        return await self._move(principal, id, WarningStatus.ACKNOWLEDGED, CaseWarningAcknowledged, expected, now, by)

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen = None) -> CaseWarning:
        """撤销签阅: somebody took note of the wrong one. Raises as `acknowledge`."""
        return await self._move(principal, id, WarningStatus.RAISED, CaseWarningReopened, expected, None, None)

    async def _move(
        self,
        principal: Principal,
        id: UUID,
        to: WarningStatus,
        fact: type[Fact[CaseWarningState]],
        expected: Seen,
        at: datetime | None,
        by: str | None,
    ) -> CaseWarning:
        found = await self._warnings.locked(id)
        if found is None or not principal.department_scope(HANDLE).allows(found.area, found.department):
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, to)
        given: dict[str, Any] = {"status": str(to), "acknowledged_at": at, "acknowledged_by": by}
        moved = await compare_and_set(self._session, found, **given)
        assert moved is not None, "the row is locked"
        self._note(principal, "acknowledge_warning" if by else "reopen_warning", moved, HANDLE, Detail.WRITE)
        self._outbox.add(fact(state=CaseWarningState.model_validate(moved)))
        return moved

    def _note(self, principal: Principal, action: str, one: CaseWarning, permission: str, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.case",
            object_id=one.case_id,
            area=one.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, one.area, one.department),
        )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CaseWarningRestated]:
    """Restated facts of the next warnings, their rows locked."""
    rows = await WarningRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CaseWarningRestated(state=CaseWarningState.model_validate(one)) for one in rows]
