"""Warnings of cases whose areas change: who carries on there has them."""

from uuid import UUID

from services.services_hall.case_warnings.repository.warnings import WarningRepository
from shared.contracts.services_hall.case_warnings import CaseWarningBoundaryChanged, CaseWarningState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext


class WarningFollowing:
    """What goes along with a case when the area of its counter gets another code (`CaseFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._warnings = WarningRepository(context.session)

    async def relocated(self, case: UUID, origin: str, to: str) -> None:
        """Receivers at the counter's old area are those at its new one."""
        for one in await self._warnings.of_case_locked(case, origin):
            moved = await compare_and_set(self._session, one, area=to)
            assert moved is not None, "the row is locked"
            self._outbox.add(CaseWarningBoundaryChanged(state=CaseWarningState.model_validate(moved)))
