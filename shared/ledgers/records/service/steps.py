"""Who may take which steps of a ledger, where."""

from shared.auth.principal import Principal
from shared.auth.scope import DepartmentScope
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.lifecycle import StepDefinition


class StepScopes:
    """The places in which a caller may take each step: with a level, by a grant at this level or above."""

    def __init__(self, principal: Principal, ledger: Ledger) -> None:
        self._scopes = {verb: step_scope(principal, step) for verb, step in ledger.steps.items()}

    def verbs(self, area: str, department: str | None) -> frozenset[str]:
        """The steps that the caller may take in a place."""
        return frozenset(verb for verb, scope in self._scopes.items() if scope.allows(area, department))


def step_scope(principal: Principal, step: StepDefinition) -> DepartmentScope:
    """Where a caller may take a step."""
    scope = principal.department_scope("record.read", step.permission)
    return scope if step.level is None else scope.at_level(step.level.digits)
