"""Rules of escalation (升级规则): laid down, amended, retired and reinstated by the county."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.grid.escalation_rules.domain import RuleStatus, RuleTerms, RuleTransitionError, check, require_transition
from services.grid.escalation_rules.models import EscalationRule
from services.grid.escalation_rules.repository import EscalationRuleRepository
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class EscalationRules:
    """Use cases of rules. Who has the county's grant is asked at the door.

    Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound`, `VersionMismatch`,
    and `RuleTransitionError` if the rule is not where the step begins. What has fired stays as it is.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._rules = EscalationRuleRepository(context.session)

    async def lay_down(self, principal: Principal, terms: RuleTerms) -> EscalationRule:
        """制定. Raises `Invalid`, `RuleKnown`."""
        check(terms)
        rule = EscalationRule(
            id=new_id(),
            version=1,
            status=RuleStatus.IN_FORCE,
            changed_at=self._clock.now(),
            changed_by=principal.subject,
            **asdict(terms),
        )
        self._rules.add(rule)
        await self._rules.flush()
        return rule

    async def amend(self, principal: Principal, id: UUID, terms: RuleTerms, *, expected: Seen = None) -> EscalationRule:
        """修改: it says this from now on. Raises `Invalid`, `RuleKnown`."""
        check(terms)
        return await self._move(principal, id, expected, RuleStatus.IN_FORCE, RuleStatus.IN_FORCE, **asdict(terms))

    async def retire(self, principal: Principal, id: UUID, *, expected: Seen = None) -> EscalationRule:
        """停用: it fires no more."""
        return await self._move(principal, id, expected, RuleStatus.IN_FORCE, RuleStatus.RETIRED)

    async def reinstate(self, principal: Principal, id: UUID, *, expected: Seen = None) -> EscalationRule:
        """恢复. Raises `RuleKnown`."""
        return await self._move(principal, id, expected, RuleStatus.RETIRED, RuleStatus.IN_FORCE)

    async def read(self, id: UUID) -> EscalationRule:
        """A rule. Raises `NotFound`."""
        rule = await self._rules.get(id)
        if rule is None:
            raise NotFound(id)
        return rule

    async def page(self, status: RuleStatus | None, *, after: UUID | None, limit: int) -> Sequence[EscalationRule]:
        """Rules, the oldest first."""
        return await self._rules.page(status, after=after, limit=limit)

    async def count(self, status: RuleStatus | None) -> int:
        """How many the list has in all."""
        return await self._rules.count(status)

    async def _move(
        self, principal: Principal, id: UUID, expected: Seen, begins: RuleStatus, to: RuleStatus, **changes: Any
    ) -> EscalationRule:
        rule = await self._rules.locked(id)
        if rule is None:
            raise NotFound(id)
        require_version(rule, expected)
        if RuleStatus(rule.status) is not begins:
            raise RuleTransitionError(id)
        require_transition(begins, to)
        moved = await compare_and_set(
            self._session, rule, status=to, changed_at=self._clock.now(), changed_by=principal.subject, **changes
        )
        assert moved is not None, "the row is locked"
        return moved
