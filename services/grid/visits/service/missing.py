"""Missed visits (漏访): what was due for too long becomes an incident, once."""

import structlog

from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.refusals import IncidentAreaUnknown
from services.grid.incidents.models import Incident
from services.grid.incidents.service.reporting import IncidentReporting, NewIncident
from services.grid.visits.domain import is_missed
from services.grid.visits.models import Visit
from services.grid.visits.repository import VisitRepository
from services.grid.visits.service.announcing import MISSED, fact_of
from services.grid.visits.service.planning import PAGE, VisitPlanning
from shared.contracts.severity import Severity
from shared.db.compare_and_set import compare_and_set
from shared.errors import DomainError
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

log = structlog.get_logger(__name__)
SENDER = "system:visits"
"""Who reports a missed visit."""


class MissedVisits:
    """Use case of the daily schedule."""

    def __init__(self, context: UseCaseContext, planning: VisitPlanning, reporting: IncidentReporting) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._planning = planning
        self._reporting = reporting
        self._visits = VisitRepository(context.session)

    async def report(self) -> int:
        """An incident for each visit that was missed by its rule and is none yet; how many were made.

        What cannot be one today, for want of a category or an area, is told in the log and tried again tomorrow.
        """
        rules, after, made = await self._planning.rules(), None, 0
        today = self._planning.today
        while ids := await self._visits.overdue_plans(today, after, PAGE):
            after = ids[-1]
            plans, due = await self._visits.lock_plans(ids), await self._visits.due_of(ids)
            for tag_id, visit in sorted(due.items(), key=lambda one: str(one[0])):
                rule = rules.of(plans[tag_id].tag_code, plans[tag_id].level)
                if visit.missed_on is None and is_missed(visit.due_on, rule, today):
                    assert rule is not None
                    assert rule.missed_category is not None, "a rule says both or neither"
                    made += await self._report(visit, rule.missed_category)
        return made

    async def _report(self, visit: Visit, category: str) -> bool:
        try:
            incident = await self._incident(visit, category)
        except DomainError as refusal:
            log.warning("missed_visit_not_reported", visit=str(visit.id), code=refusal.code)
            return False
        missed = {"missed_on": self._planning.today, "incident_id": incident.id}
        moved = await compare_and_set(self._session, visit, **missed)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(MISSED, moved))
        return True

    async def _incident(self, visit: Visit, category: str) -> Incident:
        """Of a visit that a restricted tag asks for the incident says the village alone, and no visit: it is seen by
        many who may not know of such tags.
        """
        words = f"走访任务 {visit.id} 应于 {visit.due_on} 前完成，逾期未走访。"
        village = village_of(visit.area)
        if not visit.restricted and visit.area != village:
            try:
                return await self._take_in(category, visit.area, words)
            except IncidentAreaUnknown:  # its grid is no more, and the person was not placed anew yet
                pass
        return await self._take_in(category, village, "走访任务逾期未完成。" if visit.restricted else words)

    async def _take_in(self, category: str, area: str, words: str) -> Incident:
        new = NewIncident(Source.VISIT, category, Severity.NORMAL, area=area, description=words)
        return await self._reporting.take_in(SENDER, new)
