"""Visit rules (走访规则): entered by the county, ended, resumed; plans of visits follow them the next day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.grid.dictionaries.service import Dictionaries
from services.grid.visit_rules.domain import (
    VisitRuleCategoryUnknown,
    VisitRuleLedgerWrong,
    VisitRuleNotEnded,
    VisitRuleTerms,
    require_end,
    require_whole,
)
from services.grid.visit_rules.models import VisitRule
from services.grid.visit_rules.repository import VisitRuleRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.ledgers.definitions.domain import LedgerStatus
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.grammar.words import Subject
from shared.messaging.context import UseCaseContext

MANAGE, READ = "visit_rule.manage", "visit_rule.read"


class VisitRuleSetting:
    """Use cases of visit rules: the county's as a whole."""

    def __init__(self, context: UseCaseContext, dictionaries: Dictionaries) -> None:
        self._session = context.session
        self._clock = context.clock
        self._rules = VisitRuleRepository(context.session)
        self._ledgers = LedgerRepository(context.session)
        self._dictionaries = dictionaries

    async def enter(
        self, principal: Principal, tag_code: str, level: str | None, terms: VisitRuleTerms, valid_from: date
    ) -> VisitRule:
        """Enter how people with a tag are visited.

        Raises `VisitRuleMissedHalf`, `VisitRuleCategoryUnknown`, `VisitRuleLedgerWrong`, `VisitRuleTaken`.
        """
        require_whole(terms)
        if terms.missed_category is not None:
            known = {one.code for one in (await self._dictionaries.in_force()).terms.categories}
            if terms.missed_category not in known:
                raise VisitRuleCategoryUnknown.at("missed_category")
        if terms.ledger is not None:
            await self._require_form(terms.ledger)
        rule = VisitRule(
            id=new_id(),
            version=1,
            tag_code=tag_code,
            level=level,
            every_days=terms.every_days,
            first_within_days=terms.first_within_days,
            missed_after_days=terms.missed_after_days,
            missed_category=terms.missed_category,
            ledger=terms.ledger,
            valid_from=valid_from,
            valid_to=None,
            entered_by=principal.subject,
            entered_at=self._clock.now(),
        )
        await self._rules.add(rule)
        return rule

    async def end(self, id: UUID, on: date, *, expected: Seen = None) -> VisitRule:
        """End a rule: `on` is the first day on which it holds no more; on its first day, it never did.

        Raises `NotFound`, `VersionMismatch`, `VisitRuleEndWrong`.
        """
        rule = await self._seen(id, expected)
        require_end(rule.valid_from, rule.valid_to, on, id)
        return await self._changed(rule, valid_to=on)

    async def resume(self, id: UUID, *, expected: Seen = None) -> VisitRule:
        """Take the end of a rule back. Raises `NotFound`, `VersionMismatch`, `VisitRuleNotEnded`, `VisitRuleTaken`."""
        rule = await self._seen(id, expected)
        if rule.valid_to is None:
            raise VisitRuleNotEnded(id)
        return await self._changed(rule, valid_to=None)

    async def page(self, tag_code: str | None, *, after: UUID | None = None, limit: int = 50) -> Sequence[VisitRule]:
        """Rules, the oldest first, ended ones too."""
        return await self._rules.page(tag_code, after=after, limit=limit)

    async def count(self, tag_code: str | None) -> int:
        """How many `page` gives in all."""
        return await self._rules.count(tag_code)

    async def _require_form(self, code: str) -> None:
        version, row = await self._ledgers.in_force(code, today(self._clock)), await self._ledgers.ledger(code)
        if version is None or row is None or row.status != LedgerStatus.PUBLISHED:
            raise VisitRuleLedgerWrong.at("ledger")
        if version.definition.get("subject") != Subject.PERSON:
            raise VisitRuleLedgerWrong.at("ledger")

    async def _seen(self, id: UUID, expected: Seen) -> VisitRule:
        rule = await self._rules.locked(id)
        if rule is None:
            raise NotFound(id)
        require_version(rule, expected)
        return rule

    async def _changed(self, rule: VisitRule, *, valid_to: date | None) -> VisitRule:
        changed = await compare_and_set(self._session, rule, valid_to=valid_to)
        assert changed is not None, "the row is locked"
        return changed
