"""Use cases of retention rules: read, set from a day ahead, withdraw before that day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.named_code import NamedCode
from shared.retentions.repository import RetentionRepository
from shared.retentions.rules import RetentionInForce, RetentionNotAhead, RetentionRule, RetentionStatus, in_force

K = TypeVar("K", bound=NamedCode)


class Retentions(Generic[K]):
    """Use cases of the rules of a service. They are the county's: the door asks for a grant there.

    `row`: the class of their rows; `defaults`: what holds of each kind where nothing is set.
    """

    def __init__(self, context: UseCaseContext, row: Any, defaults: Mapping[K, RetentionRule]) -> None:
        self._clock = context.clock
        self._rules = RetentionRepository(context.session, row)
        self._defaults = defaults

    async def today(self) -> Mapping[K, RetentionRule]:
        """The rule of each kind that holds today."""
        return in_force(await self._rules.all(), today(self._clock), self._defaults)

    async def all(self) -> Sequence[RetentionRule]:
        """Every rule there is or was, those that are shipped first."""
        return [*self._defaults.values(), *await self._rules.all()]

    async def set(self, principal: Principal, kind: K, years: int, *, source: str, effective_on: date) -> RetentionRule:
        """Set a rule from a day on. Raises `RetentionNotAhead`, `RetentionRuleKnown`."""
        if effective_on <= today(self._clock):
            raise RetentionNotAhead.at("effective_on")
        rule = RetentionRule(
            id=new_id(),
            version=1,
            kind=str(kind),
            years=years,
            source=source,
            effective_on=effective_on,
            status=str(RetentionStatus.SET),
            set_by=principal.subject,
            set_at=self._clock.now(),
        )
        await self._rules.add(rule)
        return rule

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> RetentionRule:
        """Take back a rule that does not hold yet. Raises `NotFound`, `VersionMismatch`, `RetentionInForce`."""
        found = await self._rules.get(id)
        if found is None:
            raise NotFound(id)
        require_version(found, expected)
        if found.status != RetentionStatus.SET or found.effective_on <= today(self._clock):
            raise RetentionInForce(id)
        gone = {"withdrawn_by": principal.subject, "withdrawn_at": self._clock.now()}
        moved = await self._rules.move(found, status=str(RetentionStatus.WITHDRAWN), **gone)
        if moved is None:
            raise RetentionInForce(id)
        return moved
