"""Use cases of the hall's retention rules."""

from datetime import date

from services.services_hall.retentions.domain import DEFAULTS, CaseRetentionKind, require_mark
from services.services_hall.retentions.models import CaseRetentionRule
from shared.auth.principal import Principal
from shared.messaging.context import UseCaseContext
from shared.retentions.rules import RetentionRule
from shared.retentions.service import Retentions


class CaseRetentions(Retentions[CaseRetentionKind]):
    """Rules of the hall over its own table."""

    def __init__(self, context: UseCaseContext) -> None:
        super().__init__(context, CaseRetentionRule, DEFAULTS)

    async def set(
        self, principal: Principal, kind: CaseRetentionKind, years: int, *, source: str, effective_on: date
    ) -> RetentionRule:
        """As of every service; raises `RetentionBelowMark` besides."""
        require_mark(kind, years)
        return await super().set(principal, kind, years, source=source, effective_on=effective_on)
