"""Authorisations of agents (代办委托): the lifecycle, when one is in force, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from shared.contracts.services_hall.authorisations import AuthorisationStatus, AuthorisationWay
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

VALID, REVOKED, ANNULLED = AuthorisationStatus.VALID, AuthorisationStatus.REVOKED, AuthorisationStatus.ANNULLED
MOST_ITEMS = 20


class AuthorisationStep(NamedCode):
    """What was done with an authorisation."""

    RECORD = "record", "登记委托"
    REVOKE = "revoke", "撤销委托"
    ANNUL = "annul", "作废"
    UNDO = "undo", "撤销上一步"
    BOUNDARY = "boundary", "区划调整"


TRANSITIONS: Mapping[AuthorisationStatus, frozenset[AuthorisationStatus]] = {
    VALID: frozenset({REVOKED, ANNULLED}),
    REVOKED: frozenset(),
    ANNULLED: frozenset(),
}
"""Steps. An undo goes back to wherever the step before it led."""


class AuthorisationTransitionError(DomainError):
    """The authorisation is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_transition_not_allowed", "委托当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class AuthorisationDatesWrong(DomainError):
    """A paper of tomorrow, a last day before it, or a revocation before it or ahead."""

    kind, code, title = (
        ErrorKind.INVALID,
        "authorisation_dates_wrong",
        "日期不正确：签署日不得晚于今天，截止日不得早于签署日",
    )
    advice = "请按委托书核对日期"


class AuthorisationAgentWrong(DomainError):
    """The agent does not serve the village of the case."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_agent_wrong", "该代办员不在本办件受理地任职"
    advice = "请选择受理地所在村在任的代办员"


class AuthorisationGuardianNeeded(DomainError):
    """The applicant is a minor: the guardian signs (民法典 20, 23)."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_guardian_needed", "申请人未成年，委托书须由监护人签字"
    advice = "请由监护人签署委托书"


class AuthorisationUsed(DomainError):
    """A case was entrusted by it: the applicant revokes it."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_used", "已据此委托代办，不能作废"
    advice = "申请人不再委托的，请办理撤销委托"


class AuthorisationNothingToUndo(DomainError):
    """Nothing but its recording was done."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_nothing_to_undo", "没有可以撤销的步骤"
    advice = "登记有误的，请作废"


class AuthorisationNotInForce(DomainError):
    """It was revoked or annulled, or its last day is over."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_not_in_force", "委托已撤销、作废或过期"
    advice = "请由申请人重新签署委托书，登记后再办理"


class InForce(Protocol):
    """What is asked of an authorisation to know whether it holds."""

    @property
    def status(self) -> str: ...
    @property
    def signed_on(self) -> date: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class NewAuthorisation:
    """A signed paper. Without items it is for the item of the case."""

    case_id: UUID
    agent_id: UUID
    items: Sequence[UUID]
    way: AuthorisationWay
    signed_on: date
    until: date | None = None


def require_transition(present: str, to: AuthorisationStatus, subject: object = None) -> None:
    """Raises `AuthorisationTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[AuthorisationStatus(present)]:
        raise AuthorisationTransitionError(subject)


def is_in_force(one: InForce, day: date) -> bool:
    """Whether an authorisation holds on a day."""
    return one.status == VALID and one.signed_on <= day and (one.until is None or day <= one.until)
