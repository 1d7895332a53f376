"""Escalations (事件升级): which incidents a metric concerns, the lifecycle, and what is refused."""

from dataclasses import dataclass
from uuid import UUID

from services.grid.escalation_rules.domain import Receiver
from services.grid.incidents.domain.lifecycle import BEFORE_FILING, OPEN
from shared.contracts.grid.escalations import EscalationMetric, EscalationStatus
from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import DomainError, ErrorKind

TRANSITIONS: dict[EscalationStatus, frozenset[EscalationStatus]] = {
    EscalationStatus.FIRED: frozenset({EscalationStatus.ACKNOWLEDGED}),
    EscalationStatus.ACKNOWLEDGED: frozenset({EscalationStatus.FIRED}),
}

RUNNING = frozenset(OPEN - BEFORE_FILING - {IncidentStatus.SUSPENDED})

CONCERNED: dict[EscalationMetric, frozenset[IncidentStatus]] = {
    EscalationMetric.UNFILED: BEFORE_FILING,
    EscalationMetric.UNASSIGNED: frozenset({IncidentStatus.FILED}),
    EscalationMetric.UNACCEPTED: frozenset({IncidentStatus.DISPATCHED}),
    EscalationMetric.BEFORE_DUE: RUNNING,
    EscalationMetric.OVERDUE: RUNNING,
}
"""In which statuses an incident is concerned. By the deadline all that are filed and not ended, also what nobody has;
while one is suspended (挂起) its clock stands still.
"""


@dataclass(frozen=True)
class EscalationFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: EscalationStatus | None = None
    level: int | None = None
    metric: EscalationMetric | None = None
    receiver: Receiver | None = None
    incident_id: UUID | None = None
    to_me: bool = False


_COUNTY = frozenset({Receiver.COUNTY_OFFICER})
_TOWN = _COUNTY | {Receiver.TOWN_OFFICER}
_VILLAGE = _TOWN | {Receiver.VILLAGE_CLERK}
TAKING_NOTE: dict[Receiver, frozenset[Receiver]] = {
    Receiver.GRID_HEAD: _VILLAGE | {Receiver.GRID_HEAD},
    Receiver.VILLAGE_CLERK: _VILLAGE,
    Receiver.DEPARTMENT_OFFICER: _TOWN | {Receiver.DEPARTMENT_OFFICER},
    Receiver.TOWN_OFFICER: _TOWN,
    Receiver.COUNTY_OFFICER: _COUNTY,
}
"""By before whom it was brought: the posts that take note of it, that one and those over it."""


class EscalationOfAnother(DomainError):
    """It was brought before somebody over the caller: whoever is late does not take note in their place."""

    kind, code, title = ErrorKind.FORBIDDEN, "escalation_of_another", "该升级应由接收岗位或其上级签收"
    advice = "请由接收岗位签收；您可以继续办理该事件"


class EscalationTransitionError(DomainError):
    """The table does not allow the step from where the escalation is."""

    kind, code, title = ErrorKind.CONFLICT, "escalation_transition_not_allowed", "该升级当前状态不允许此操作"
    advice = "请刷新查看该升级现在的状态"


def require_transition(present: EscalationStatus, to: EscalationStatus) -> None:
    """Raises `EscalationTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise EscalationTransitionError
