"""Use cases of warning rules: read, set, withdraw. They are the county's: the door asks for a grant there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.services_hall.case_warnings.domain import (
    WarningRule,
    WarningRuleNotAhead,
    WarningRuleStatus,
    WarningRuleWithdrawn,
    WarningTiming,
)
from services.services_hall.case_warnings.repository.rules import WarningRuleRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.services_hall.case_warnings import WarningColour, WarningMetric, WarningReceiver
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.worktime import ClockUnit


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a rule says."""

    metric: WarningMetric
    timing: WarningTiming
    amount: int
    unit: ClockUnit
    level: int
    colour: WarningColour
    receiver: WarningReceiver
    source: str
    effective_on: date


class WarningRules:
    """Use cases of rules."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._rules = WarningRuleRepository(context.session)

    async def all(self) -> Sequence[WarningRule]:
        """Every rule there is or was, those that ship among them."""
        return await self._rules.all()

    async def set(self, principal: Principal, new: NewRule) -> WarningRule:
        """Set a rule from today or a later day. Raises `WarningRuleNotAhead`, `WarningRuleKnown`."""
        if new.effective_on < today(self._clock):
            raise WarningRuleNotAhead.at("effective_on")
        rule = WarningRule(
            id=new_id(),
            version=1,
            metric=str(new.metric),
            timing=str(new.timing),
            amount=new.amount,
            unit=str(new.unit),
            level=new.level,
            colour=str(new.colour),
            receiver=str(new.receiver),
            source=new.source,
            effective_on=new.effective_on,
            status=str(WarningRuleStatus.SET),
            set_by=principal.subject,
            set_at=self._clock.now(),
        )
        await self._rules.add(rule)
        return rule

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> WarningRule:
        """It warns about nothing more; what it has warned about stays.

        Raises `NotFound`, `VersionMismatch`, `WarningRuleWithdrawn`.
        """
        found = await self._rules.get(id)
        if found is None:
            raise NotFound(id)
        require_version(found, expected)
        if found.status != WarningRuleStatus.SET:
            raise WarningRuleWithdrawn(id)
        gone = {"withdrawn_by": principal.subject, "withdrawn_at": self._clock.now()}
        moved = await self._rules.move(found, status=str(WarningRuleStatus.WITHDRAWN), **gone)
        if moved is None:
            raise WarningRuleWithdrawn(id)
        return moved
