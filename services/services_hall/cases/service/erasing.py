"""Erasing of applicants (清除): what an extract attested goes with the last step of its case, the case itself stays."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.services_hall.cases.repository import CaseRepository
from shared.erasures.service import KEPT
from shared.messaging.context import UseCaseContext


class ApplicantErasing:
    """An eraser (`shared.erasures`). Who still handles a case knows for whom: it is kept until the case has ended."""

    def __init__(self, context: UseCaseContext) -> None:
        self._cases = CaseRepository(context.session)

    async def erase(self, persons: Collection[UUID]) -> Mapping[str, int]:
        """Erase the applicants of cases that have ended."""
        await self._cases.all_locked_of(persons)
        return {"applicants": await self._cases.erase_applicants(persons), KEPT: await self._cases.applicants(persons)}
