"""Life events (人口事项): their kinds, what each says, what they are refused for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.areas.domain import UnknownArea, UnknownGrid
from services.registry.life_events.domain.places import Place
from shared.contracts.registry.postings import Book, PostingKind, PostingMark
from shared.errors import DomainError, ErrorKind, NotYet
from shared.reference.named_code import NamedCode


class LifeEventKind(NamedCode):
    """Kind of a life event: entries, moves, missing and found, death, a duplicate's merge; boundary: nobody moved."""

    BIRTH = "birth", "出生"
    ENROLLED = "enrolled", "登记在册"
    MOVE_IN = "move_in", "迁入"
    MOVE_OUT = "move_out", "迁出"
    MISSING = "missing", "失踪"
    FOUND = "found", "寻回"
    DEATH = "death", "死亡"
    MERGED = "merged", "合并"
    BOUNDARY = "boundary", "区划调整"


ENTRIES = frozenset({LifeEventKind.BIRTH, LifeEventKind.ENROLLED, LifeEventKind.MOVE_IN})
"""The ways into the register."""


class EventOutOfOrder(DomainError):
    """A later life event of the same person contradicts it."""

    kind, code, title = ErrorKind.CONFLICT, "event_out_of_order", "与该人员之后已登记的事项矛盾"
    advice = "请核对发生日期，或先更正之后的事项"


class PersonAlreadyActive(DomainError):
    """The person lives, or is registered, in that place already."""

    kind, code, title = ErrorKind.CONFLICT, "person_already_active", "该人员已在此登记"
    advice = "无须重复登记；地址不对的请办理变更"


class PersonNotActive(DomainError):
    """The person does not belong there on that day, and cannot leave."""

    kind, code, title = ErrorKind.CONFLICT, "person_not_active", "该人员当日不在册"
    advice = "请核对日期和人员；已迁出的须先办理迁入"


class PersonMissing(DomainError):
    """Who is missing moves nowhere, and goes missing once."""

    kind, code, title = ErrorKind.CONFLICT, "person_missing", "该人员已登记失踪"
    advice = "请核对人员和日期；已寻回的，请先登记寻回"


class MaternalDeathOfMan(DomainError):
    """A maternal death is that of a woman."""

    kind, code, title = ErrorKind.INVALID, "maternal_death_of_man", "孕产妇死亡登记的人员性别为男"
    advice = "请核对人员和性别；不是孕产妇死亡的，请勿填写此项"


class PersonNotMissing(DomainError):
    """Nobody is found who was not missing."""

    kind, code, title = ErrorKind.CONFLICT, "person_not_missing", "该人员当日未登记失踪"
    advice = "请核对人员和日期"


class PersonDeceased(DomainError):
    """No life event happens after a death."""

    kind, code, title = ErrorKind.CONFLICT, "person_deceased", "该人员已登记死亡"
    advice = "请核对人员；登记有误的，请申请撤销死亡登记"


class PersonMerged(DomainError):
    """The same person goes on under another id: what happens is recorded there."""

    kind, code, title = ErrorKind.CONFLICT, "person_merged", "该人员已合并至另一份登记"
    advice = "请在合并后保留的那份登记上办理；合并有误的，请申请恢复"


class PersonErased(DomainError):
    """The personal values of the person were erased: nothing of the entry changes any more."""

    kind, code, title = ErrorKind.CONFLICT, "person_erased", "该人员的个人信息已依法清除，其登记不再变更"
    advice = "本人重新入住的，请凭证件按新居民登记"


class EventBeforeBirth(DomainError):
    """No life event happens before the birth."""

    kind, code, title = ErrorKind.INVALID, "event_before_birth", "事项日期早于出生日期"
    advice = "请核对发生日期和出生日期"


class EventInFuture(DomainError):
    """Only what has happened is recorded: occurred_on ≤ reported_on ≤ today."""

    kind, code, title = ErrorKind.INVALID, "event_in_future", "发生日期不得晚于申报日期，申报日期不得晚于今天"
    advice = "请核对两个日期"


PLACING = (UnknownArea, UnknownGrid, NotYet)
"""What a place is refused for."""
DATING = (EventInFuture, EventBeforeBirth)
"""What the days of a life event are refused for by themselves."""
HAPPENING = (*DATING, EventOutOfOrder, PersonDeceased, PersonMissing, PersonMerged, PersonErased)
"""What a further life event of a person is refused for, whatever its kind."""


class DeliveryPlace(NamedCode):
    """Where a child was born."""

    FACILITY = "facility", "医疗机构"
    HOME = "home", "家中"
    ELSEWHERE = "elsewhere", "其他地点"


class DeliveryAttendance(NamedCode):
    """Who attended the birth: 新法接生 is that of somebody trained."""

    TRAINED = "trained", "新法接生"
    UNTRAINED = "untrained", "非新法接生"
    NOBODY = "nobody", "无人接生"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A birth: where, attended by whom, and the parents as far as they stand in the register."""

    place: DeliveryPlace | None = None
    attendance: DeliveryAttendance | None = None
    mother_id: UUID | None = None
    father_id: UUID | None = None

    @property
    def marks(self) -> tuple[PostingMark, ...]:
        """What the ledger's line is counted by."""
        marks: list[PostingMark] = []
        if self.place is not None:
            inside = self.place is DeliveryPlace.FACILITY
            marks.append(PostingMark.DELIVERED_IN_FACILITY if inside else PostingMark.DELIVERED_ELSEWHERE)
        if self.attendance is not None:
            trained = self.attendance is DeliveryAttendance.TRAINED
            marks.append(PostingMark.ATTENDED if trained else PostingMark.UNATTENDED)
        return tuple(marks)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A life event of one person.

    `order`: place in the order of recording, decides within a day; an event with a corrected day keeps its place.
    `leaves`: the books that a move-out leaves. `delivery`: of a birth. `maternal`: of a death, 孕产妇死亡.
    `merged_into`: of a merge, the person who goes on.
    `origin`: of a change of areas or grids, the village or grid that is left by whoever belongs to it on the day.
    """

    id: UUID
    kind: LifeEventKind
    occurred_on: date
    reported_on: date
    order: int
    residence: Place | None = None
    registration: Place | None = None
    leaves: frozenset[Book] = frozenset()
    delivery: Delivery | None = None
    maternal: bool = False
    merged_into: UUID | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that the population ledger must have: ±1 in a book, for a village and day.

    `counterpart`: the other village of a transfer. `marks`: what a birth or a death is counted by besides.
    """

    book: Book
    kind: PostingKind
    area: str
    amount: int
    occurred_on: date
    counterpart: str | None = None
    marks: tuple[PostingMark, ...] = ()


def check_dates(occurred_on: date, reported_on: date, today: date, *, birth_date: date | None, path: str = "") -> None:
    """Days of a life event: born ≤ occurred_on ≤ reported_on ≤ today. `path`: where the event stands in the body.

    Raises `EventInFuture`, `EventBeforeBirth`.
    """
    if occurred_on > min(reported_on, today):
        raise EventInFuture.at(f"{path}occurred_on")
    if reported_on > today:
        raise EventInFuture.at(f"{path}reported_on")
    if birth_date is not None and occurred_on < birth_date:
        raise EventBeforeBirth.at(f"{path}occurred_on")


def first_birthday(birth_date: date) -> date:
    """Who was born on 29 February is a year old on 1 March."""
    leap_day = (birth_date.month, birth_date.day) == (2, 29)
    return date(birth_date.year + 1, 3, 1) if leap_day else birth_date.replace(year=birth_date.year + 1)
