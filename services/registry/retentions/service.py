"""Use cases of the register's retention rules."""

from services.registry.retentions.domain import DEFAULTS, RetentionKind
from services.registry.retentions.models import RetentionRuleRow
from shared.messaging.context import UseCaseContext
from shared.retentions.service import Retentions


def register_retentions(context: UseCaseContext) -> Retentions[RetentionKind]:
    """Rules of the register over its own table."""
    return Retentions(context, RetentionRuleRow, DEFAULTS)
