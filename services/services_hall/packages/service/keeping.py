"""Answered matters keep the results of their cases: what the one answer rests on is not taken back beneath it."""

from services.services_hall.cases.domain.refusals import CaseAnsweredTogether
from services.services_hall.cases.models import Case
from services.services_hall.packages.domain import ENDED
from services.services_hall.packages.repository import MatterRepository
from shared.contracts.services_hall.cases import CaseStatus
from shared.messaging.context import UseCaseContext


class AnsweredMatters:
    """A `ResultKeeper`. Who answers locks the cases, who takes back has locked the case: one waits for the other."""

    def __init__(self, context: UseCaseContext) -> None:
        self._matters = MatterRepository(context.session)

    async def require_free(self, case: Case, to: CaseStatus) -> None:
        """Raises `CaseAnsweredTogether` if an answered matter holds the case, and it would have no result any more."""
        if to in ENDED:
            return
        areas = {case.area, *(str(place["area"]) for place in case.former)}
        if await self._matters.is_answered_for(case.id, areas):
            raise CaseAnsweredTogether(case.id)
