"""Rules of transfers (迁移申请): how a request moves, when it ends by itself, what it is refused for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registry.households.domain import HouseholdKind, HouseholdRecord, Member
from services.registry.life_events.domain import REGISTERED_PLACE, Place
from services.registry.persons.domain import Identity
from shared.clock import business_day
from shared.contracts.registry.postings import Book
from shared.contracts.registry.transfers import TransferStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import village_of
from shared.reference.named_code import NamedCode
from shared.reference.relations import HEAD
from shared.workdays import WorkingCalendar

TRANSITIONS: dict[TransferStatus, frozenset[TransferStatus]] = {
    TransferStatus.REQUESTED: frozenset(
        {TransferStatus.CONFIRMED, TransferStatus.REFUSED, TransferStatus.WITHDRAWN, TransferStatus.LAPSED}
    ),
    TransferStatus.CONFIRMED: frozenset({TransferStatus.REVERSED}),
    TransferStatus.REFUSED: frozenset(),
    TransferStatus.WITHDRAWN: frozenset(),
    TransferStatus.LAPSED: frozenset(),
    TransferStatus.REVERSED: frozenset(),
}

MOVED = frozenset({TransferStatus.CONFIRMED, TransferStatus.REVERSED})
"""Statuses of requests by which somebody has moved."""


class AfterLimit(NamedCode):
    """What becomes of a request that nobody has decided on within the limit."""

    LAPSE = "lapse", "逾期失效"
    CONFIRM = "confirm", "逾期视为同意"


class RefusalReason(NamedCode):
    """Why the holding side does not agree to a transfer."""

    DID_NOT_MOVE = "did_not_move", "本人并未迁移"
    OBJECTS = "objects", "本人或家属不同意"
    WRONG_DAY = "wrong_day", "迁移日期有误"
    WRONG_PLACE = "wrong_place", "迁入地有误"
    NOT_WHOLE_HOUSEHOLD = "not_whole_household", "并非全户迁移"
    UNCLEAR = "unclear", "申请内容不清，请补充后重新申请"
    OTHER = "other", "其他"


class TransferSide(NamedCode):
    """From which side transfers are listed: those that a village asked for, or those that concern its persons."""

    ASKING = "asking", "本地申请"
    HOLDING = "holding", "涉及本地居民"


@dataclass(frozen=True, slots=True)
class TransferPolicy:
    """How long the holding side has, in work days, and what follows when the days are over."""

    work_days: int = 5
    after_limit: AfterLimit = AfterLimit.LAPSE


@dataclass(frozen=True, slots=True, repr=False)
class NewTransfer:
    """A transfer that is asked for. The repr shows nothing."""

    document: Identity
    residence: Place | None
    registration: Place | None
    household: HouseholdKind | None
    occurred_on: date
    reported_on: date | None


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """A request as stored. `person_id`: None if nobody in the register has the number; the asker is not told which.

    `left_…`: the villages whose books were left. `founded`: households that were founded anew where they moved to.
    """

    id: UUID
    version: int
    status: str
    area: str
    residence_area: str | None
    residence_kind: str | None
    registration_area: str | None
    household: str | None
    occurred_on: date
    reported_on: date
    person_id: UUID | None
    requested_by: str
    requested_at: datetime
    work_days: int
    after_limit: str
    due_on: date
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    left_residence: str | None
    left_registration: str | None
    moved: int
    founded: tuple[UUID, ...] = ()

    @property
    def residence(self) -> Place | None:
        return Place(self.residence_area, self.residence_kind) if self.residence_area else None

    @property
    def registration(self) -> Place | None:
        return Place(self.registration_area, REGISTERED_PLACE) if self.registration_area else None

    @property
    def books(self) -> tuple[Book, ...]:
        places = ((Book.RESIDENCE, self.residence_area), (Book.REGISTRATION, self.registration_area))
        return tuple(book for book, area in places if area is not None)

    @property
    def villages(self) -> frozenset[str]:
        """The villages that ask: their books may be written when the holding side confirms."""
        return frozenset(village_of(area) for area in (self.residence_area, self.registration_area) if area)

    @property
    def refusal(self) -> str | None:
        """What of the decision is announced."""
        return self.reason

    @property
    def requested_on(self) -> date:
        return business_day(self.requested_at)

    @property
    def decided_on(self) -> date | None:
        return None if self.decided_at is None else business_day(self.decided_at)

    @property
    def left(self) -> tuple[str | None, str | None]:
        """The villages that were left, by which those who look after them still see the request."""
        return self.left_residence, self.left_registration


class TransferDecided(DomainError):
    """It was confirmed, refused or withdrawn already, or has lapsed."""

    kind, code, title = ErrorKind.CONFLICT, "transfer_decided", "该迁移申请已办结"
    advice = "请刷新后查看办理结果；仍需迁移的，请重新申请"


class TransferNotConfirmed(DomainError):
    """Only what was confirmed, and stands, can be taken back."""

    kind, code, title = ErrorKind.CONFLICT, "transfer_not_confirmed", "该迁移尚未确认或已撤销"
    advice = "待确认的申请请由申请方撤回；已撤销的无须再办"


class NoSuchHousehold(DomainError):
    """The whole household was asked for, and the person is in none of that kind."""

    kind, code, title = ErrorKind.CONFLICT, "transfer_without_household", "该人员没有所申请户别的户，不能整户迁移"
    advice = "请以“并非全户迁移”为由不予同意，由对方改按个人申请"


class BookMissing(DomainError):
    """A household moves with the book by which it goes: a legal one with registration, a living one with residence."""

    kind, code, title = ErrorKind.INVALID, "transfer_book_missing", "整户迁移须填写该户别对应的迁入地"
    advice = "户籍户请填写新户籍地，居住户请填写新居住地"


def require_transition(present: str, to: TransferStatus) -> None:
    """Raises `TransferDecided`, or `TransferNotConfirmed` for what is to be taken back, unless the table allows it."""
    if to in TRANSITIONS[TransferStatus(present)]:
        return
    raise TransferNotConfirmed if to is TransferStatus.REVERSED else TransferDecided


def due_on(requested_on: date, work_days: int, calendar: WorkingCalendar) -> date:
    """The last day of the limit; the day of the request is not counted."""
    return calendar.add(requested_on, work_days).day


def is_over(transfer: TransferRecord, day: date) -> bool:
    """Whether the limit has passed: the last day itself still belongs to it."""
    return day > transfer.due_on


def in_order_of_leaving(household: HouseholdRecord) -> Sequence[Member]:
    """The members who are in it, the head last: so that no new head is needed on the way."""
    return sorted((one for one in household.members if one.until is None), key=lambda one: one.relation == HEAD)


def founded_again(household: HouseholdRecord, left: Sequence[Member], on: date) -> list[Member]:
    """The members of a household that moved as a whole, as they are where it moved to: head and relations of before.

    `left`: their memberships after they left; somebody who joined after the day left on the day of joining.
    """
    ends = [one.until for one in left if one.until is not None]
    since = max([on, *ends])
    return [Member(one.person_id, one.relation, since) for one in household.members if one.until is None]
