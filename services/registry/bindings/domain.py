"""Rules of bindings (本人账号绑定): what binds a login to a person, how often it may be tried, what is refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.registry.persons.domain import Identity, PersonRecord
from services.registry.proofs.domain import LIVING
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

TRIES, WITHIN = 5, timedelta(hours=24)
"""Wrong tries, of one number and by one login, after which none is taken for a while."""


class BindingStatus(NamedCode):
    """Where a binding stands. `failed`: number and code did not belong together, or nobody has the number."""

    BOUND = "bound", "已绑定"
    FAILED = "failed", "未通过"
    ENDED = "ended", "已解除"


class BindingEnd(NamedCode):
    """Why a binding ended."""

    OWN_WISH = "own_wish", "本人解除"
    REPLACED = "replaced", "本人改绑其他账号"
    LOST_PHONE = "lost_phone", "手机丢失或账号被盗"
    WRONG_PERSON = "wrong_person", "绑定有误"
    OTHER = "other", "其他"


ENDS_AT_HOME = (BindingEnd.LOST_PHONE, BindingEnd.WRONG_PERSON, BindingEnd.OTHER)
"""Reasons that a clerk gives; the others follow from who ends it."""

TRANSITIONS: dict[BindingStatus, frozenset[BindingStatus]] = {
    BindingStatus.BOUND: frozenset({BindingStatus.ENDED}),
    BindingStatus.FAILED: frozenset(),
    BindingStatus.ENDED: frozenset(),
}


@dataclass(frozen=True, slots=True, repr=False)
class GivenBinding:
    """What a resident has entered. The repr shows nothing."""

    document: Identity
    code: str


@dataclass(frozen=True, slots=True)
class BindingRecord:
    """A binding as stored, or a try. `person_id`: who has the number, None if nobody."""

    id: UUID
    version: int
    status: str
    subject: str
    person_id: UUID | None
    tried_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


class AccountNotBound(DomainError):
    """The login is bound to nobody, or to somebody who has rights of their own no more."""

    kind, code, title = ErrorKind.NOT_FOUND, "account_not_bound", "本账号尚未绑定本人的居民登记"
    advice = "请携带证件到所在村（社区）领取一次性办事码，再在本账号中绑定"


class AccountAlreadyBound(DomainError):
    """A login is bound to one person at a time."""

    kind, code, title = ErrorKind.CONFLICT, "account_already_bound", "本账号已绑定居民登记"
    advice = "须改绑的，请先解除现有绑定"


class BindingOver(DomainError):
    """There is nothing to end."""

    kind, code, title = ErrorKind.CONFLICT, "binding_over", "该绑定未通过或已解除"
    advice = "请刷新后查看；无须再办"


def require_transition(present: str, to: BindingStatus) -> None:
    """Raises `BindingOver` unless the table allows it."""
    if to not in TRANSITIONS[BindingStatus(present)]:
        raise BindingOver


def has_rights(person: PersonRecord | None) -> bool:
    """Whether there is somebody who can ask for what is kept about them."""
    return person is not None and person.status in LIVING
