"""History of an incident (办理过程): a line for each step, its free text sealed."""

from dataclasses import dataclass
from uuid import UUID

from services.grid.incidents.domain import Reason, Step
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.repository import IncidentRepository
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class Remark:
    """Why or with which result somebody took a step: a code, and free text that stays sealed here."""

    reason: Reason | None = None
    note: str | None = None


NO_REMARK = Remark()


class IncidentHistory:
    """The lines of history that steps leave behind."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._incidents = IncidentRepository(context.session)

    def record(
        self, incident: Incident, actor: str, step: Step, remark: Remark, *, unit_id: UUID | None = None
    ) -> None:
        """Add the line of the step that brought the incident to its present version."""
        note = remark.note
        self._incidents.add(
            IncidentStep(
                incident_id=incident.id,
                version=incident.version,
                step=step,
                status=incident.status,
                actor=actor,
                at=self._clock.now(),
                reason=remark.reason,
                unit_id=unit_id,
                note=None
                if note is None
                else self._crypto.seal(note, field="incident_step.note", owner=f"{incident.id}:{incident.version}"),
            )
        )
