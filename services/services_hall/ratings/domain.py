"""Ratings (好差评): levels, contacts, signed links, and what is refused."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.contracts.services_hall.ratings import RatingChannel, RatingContact, RatingStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

READ, RECORD, HANDLE = "rating.read", "rating.record", "case.handle"
VALID_FOR = timedelta(days=30)
"""How long a link serves."""
MOST_REMARK = 500
MILESTONES: Mapping[RatingContact, str] = {
    RatingContact.RECEIPT: "received_at",
    RatingContact.REFUSAL: "refused_at",
    RatingContact.CLOSING: "closed_at",
    RatingContact.DELIVERY: "delivered_at",
}
"""The column of the case that says that a contact was."""
MAC, ID, SERIAL = 16, 16, 2
"""Bytes of a token: the id of a link, its serial, and a keyed digest of both."""


class RatingReason(NamedCode):
    """What a low rating is about."""

    ATTITUDE = "attitude", "服务态度"
    SLOW = "slow", "办事效率"
    UNCLEAR = "unclear", "告知不清楚"
    MATERIALS = "materials", "要求不必要的材料"
    SEVERAL_VISITS = "several_visits", "多次往返"
    RESULT = "result", "办理结果"
    FEES = "fees", "违规收费"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True)
class GivenRating:
    """What somebody says of a contact."""

    level: int
    reasons: tuple[RatingReason, ...] = ()
    remark: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RatingFilter:
    """What a list of ratings and its count ask for."""

    status: RatingStatus | None = None
    channel: RatingChannel | None = None
    contact: RatingContact | None = None
    low: bool = False


TRANSITIONS: Mapping[RatingStatus, frozenset[RatingStatus]] = {
    RatingStatus.VALID: frozenset({RatingStatus.WITHDRAWN, RatingStatus.OVERTURNED}),
    RatingStatus.OVERTURNED: frozenset({RatingStatus.VALID}),
    RatingStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class RatedContact:
    """What a link is about, for who holds it: no case, nobody."""

    item: str
    contact: str
    contact_at: datetime
    ends_at: datetime
    level: int | None


class RatingContactNotYet(DomainError):
    """The case has not come to this contact, or that was taken back."""

    kind, code, title = ErrorKind.CONFLICT, "rating_contact_not_yet", "办件尚未到此评价环节"
    advice = "请在收件、不予受理、办结或送达之后再评价"


class RatingGivenAlready(DomainError):
    """One rating for each contact."""

    kind, code, title = ErrorKind.CONFLICT, "rating_given", "此次办事已经评价"
    advice = "一次办事只评价一次；需更正的，请先撤回原评价"


class RatingLinkOver(DomainError):
    """The link was true and its days are over, or another was made in its place."""

    kind, code, title = ErrorKind.CONFLICT, "rating_link_over", "评价链接已失效"
    advice = "请向办理单位索取新的评价链接"


class RatingByHandler(DomainError):
    """Whoever handled the case neither enters how satisfied somebody was nor takes that back."""

    kind, code, title = ErrorKind.FORBIDDEN, "rating_by_handler", "经办人不得登记或撤回对自己经办办件的评价"
    advice = "请由其他人员登记，或请当事人通过评价链接自行评价"


class RatingNotEntered(DomainError):
    """What somebody gave by a link is taken back by that link alone."""

    kind, code, title = ErrorKind.FORBIDDEN, "rating_not_entered", "群众自行作出的评价不能由工作人员撤回"
    advice = "认为评价有误或恶意的，请在整改中申诉"


class RatingTransitionError(DomainError):
    """The rating is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "rating_transition_not_allowed", "评价当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class RatingFollowed(DomainError):
    """The office has begun to put it right."""

    kind, code, title = ErrorKind.CONFLICT, "rating_followed", "该评价已开始整改，不能撤回"
    advice = "请在回访时说明，由办理单位登记"


def require_transition(present: str, to: RatingStatus) -> None:
    """Raises `RatingTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[RatingStatus(present)]:
        raise RatingTransitionError


def signed(link: UUID, serial: int) -> str:
    """What is signed of a link: which one, and the how manieth. Until when it serves stands at the link."""
    return f"{link}:{serial}"


def token_of(link: UUID, serial: int, digest: bytes) -> str:
    """A token: nothing of it tells anything, and nobody makes one without the key."""
    return base64.urlsafe_b64encode(link.bytes + serial.to_bytes(SERIAL, "big") + digest[:MAC]).decode().rstrip("=")


def parts_of(token: str) -> tuple[UUID, int, bytes] | None:
    """Id, serial and digest of what reads like a token; None for what does not."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != ID + SERIAL + MAC:
        return None
    return UUID(bytes=raw[:ID]), int.from_bytes(raw[ID : ID + SERIAL], "big"), raw[ID + SERIAL :]
