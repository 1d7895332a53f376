"""Receivers of what county systems send in."""

from services.grid.grids.domain import GridIndex
from services.grid.incidents.domain.rules import IncidentPolicy
from services.grid.wiring import use_cases
from shared.messaging.inbound.receiver import Receivers


def receivers(index: GridIndex, policy: IncidentPolicy | None = None) -> Receivers:
    """The receivers by noun. `index` is the process's grids in memory, `policy` what the county set for incidents."""
    return {"county.request": lambda context: use_cases(context, index=index, policy=policy).inbound_requests}
