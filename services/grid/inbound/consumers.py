"""Receivers of what county systems send in."""

from services.grid.grids.domain import GridIndex
from services.grid.wiring import use_cases
from shared.messaging.inbound.receiver import Receivers


def receivers(index: GridIndex) -> Receivers:
    """The receivers by noun. `index` is the process's grids in memory."""
    return {"county.request": lambda context: use_cases(context, index=index).inbound_requests}
