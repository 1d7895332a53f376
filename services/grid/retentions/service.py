"""Use cases of grid's retention rules."""

from services.grid.retentions.domain import DEFAULTS, GridRetentionKind
from services.grid.retentions.models import GridRetentionRule
from shared.messaging.context import UseCaseContext
from shared.retentions.service import Retentions


class GridRetentions(Retentions[GridRetentionKind]):
    """Rules of grid over its own table."""

    def __init__(self, context: UseCaseContext) -> None:
        super().__init__(context, GridRetentionRule, DEFAULTS)
