"""Use cases of erasing runs in grid."""

from services.grid.grid_erasures.models import GridErasure, GridErasureEntry
from services.grid.grid_erasures.repository.holdings import GridHoldings
from services.grid.retentions.domain import GridRetentionKind
from services.grid.retentions.service import GridRetentions
from shared.messaging.context import UseCaseContext
from shared.retentions.run_repository import RunRepository
from shared.retentions.run_service import ErasureRuns


class GridErasures(ErasureRuns[GridRetentionKind]):
    """Runs over what grid holds."""

    def __init__(self, context: UseCaseContext, retentions: GridRetentions) -> None:
        runs = RunRepository(context.session, GridErasure, GridErasureEntry)
        super().__init__(context, "grid.erasure", retentions, runs, GridHoldings(context.session))
