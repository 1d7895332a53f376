"""Merging of incidents (并案): duplicates are suggested, and one goes on for both; whoever reported either is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.grid.incidents.domain.lifecycle import LIFECYCLE, OPEN, Step
from services.grid.incidents.domain.nearness import metres_between
from services.grid.incidents.domain.refusals import (
    IncidentHeldElsewhere,
    IncidentMergeWrong,
    IncidentSupervisionStands,
)
from services.grid.incidents.domain.rules import IncidentPolicy, require_finished
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import reaches
from services.grid.incidents.service.moving import IncidentMoving, holds
from services.grid.incidents.service.remarks import Remark
from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import IncidentDuplicatesChanged, IncidentMerged
from shared.contracts.grid.incidents import IncidentStatus
from shared.db.compare_and_set import Seen
from shared.errors import NotFound


@dataclass(frozen=True)
class Similar:
    """An incident that may be about the same; `metres` away, None if one of both has no point."""

    incident: Incident
    metres: int | None


class IncidentMerging:
    """Use cases of duplicates; they raise as those of `Incidents`."""

    def __init__(self, moving: IncidentMoving, policy: IncidentPolicy) -> None:
        self._moving = moving
        self._policy = policy
        self._incidents = moving.incidents

    async def similar(self, principal: Principal, id: UUID) -> Sequence[Similar]:
        """Open incidents of the same category near an incident in place and time, the nearest first. Raises `NotFound`.

        Without a point: those of the same area. Only what the caller's list shows.
        """
        scope = principal.department_scope("incident.read")
        incident = await self._incidents.get(id)
        if incident is None or not await self._incidents.is_reached(id, scope):
            raise NotFound(id)
        found = [
            Similar(one, metres_between(incident, one))
            for one in await self._incidents.near(incident, reaches(scope), self._policy)
        ]
        near = [one for one in found if one.metres is None or one.metres <= self._policy.near_metres]
        return sorted(near, key=lambda one: (one.metres is None, one.metres, one.incident.id))

    async def merge(
        self, principal: Principal, id: UUID, into: UUID, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """并案: it ends here, and the other one goes on for both.

        Raises `NotFound` for another one that the caller may not file either, `IncidentMergeWrong`,
        `IncidentOrdersOpen`, `IncidentSupervisionStands`.
        """
        await self._incidents.lock_all([id, into])
        seen = await self._moving.begin(principal, id, Step.MERGE, expected)
        rule = LIFECYCLE[Step.MERGE]
        main = await self._incidents.locked(into, principal.department_scope(rule.permission))
        if main is None:
            raise NotFound.at("into", subject=into)
        if not holds(principal, main, rule):
            raise IncidentHeldElsewhere.at("into", subject=into)
        if main.id == seen.id or main.status not in OPEN or seen.duplicates:
            raise IncidentMergeWrong.at("into", subject=id)
        require_finished(seen.orders, id)
        if seen.supervision is not None:
            raise IncidentSupervisionStands(id)
        more = {"duplicates": main.duplicates + 1}
        step = Step.DUPLICATE_JOINED
        await self._moving.follow(principal.subject, main, step, IncidentDuplicatesChanged, **more)
        changes = {"status": IncidentStatus.MERGED, "merged_into": main.id, "leave": None}
        return await self._moving.move(principal.subject, seen, Step.MERGE, IncidentMerged, changes, remark)

    async def lock_with_main(self, id: UUID) -> None:
        """Lock an incident and the one that it was merged into, in the order in which all lock several."""
        await self._incidents.lock_with_main(id)

    async def part(self, actor: str, incident: Incident) -> None:
        """The merging of an incident is undone: its main one has a duplicate less."""
        assert incident.merged_into is not None, "it was merged last"
        main = await self._incidents.locked_anywhere(incident.merged_into)
        assert main is not None, "by the foreign key"
        less = {"duplicates": main.duplicates - 1}
        await self._moving.follow(actor, main, Step.DUPLICATE_PARTED, IncidentDuplicatesChanged, **less)
