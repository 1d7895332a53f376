"""Rules of unusual reading (异常查看): what is measured of a reader's day, what is too much, how a finding moves.

No person is named: a finding tells numbers, villages, and the subject who read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import DomainError, ErrorKind
from shared.reference.areas import LEVELS
from shared.reference.named_code import NamedCode


class ReadingRule(NamedCode):
    """Rule by which a day of reading is unusual."""

    PERSONS = "persons", "当日查看人数过多"
    FULL = "full", "当日完整查看过多"
    INCREASE = "increase", "远多于本人以往"
    HOURS = "hours", "非工作时段查看"
    AREAS = "areas", "查看从未查过的村（社区）"
    MISSES = "misses", "多次查找不在管辖范围内的人"


class ReadingLimit(NamedCode):
    """Number that a county sets. One for each rule, above which a day is unusual: 0 turns the rule off; and others."""

    PERSONS = "persons", "每日查看人数上限"
    FULL = "full", "每日完整查看人数上限"
    INCREASE = "increase", "以往日均的倍数上限"
    HOURS = "hours", "非工作时段查看人数上限"
    AREAS = "areas", "首次查看的村（社区）数上限"
    MISSES = "misses", "每日未找到次数上限"
    INCREASE_FROM = "increase_from", "比较以往时的起算人数"
    DAY_BEGINS = "day_begins", "工作时段开始（时）"
    DAY_ENDS = "day_ends", "工作时段结束（时）"
    PAST_DAYS = "past_days", "以往的天数"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Default of a limit, and what it may be set to."""

    default: int
    least: int
    most: int


LIMITS: Mapping[ReadingLimit, Bounds] = {
    ReadingLimit.PERSONS: Bounds(1_000, 0, 1_000_000),
    ReadingLimit.FULL: Bounds(50, 0, 1_000_000),
    ReadingLimit.INCREASE: Bounds(5, 0, 1_000),
    ReadingLimit.HOURS: Bounds(10, 0, 1_000_000),
    ReadingLimit.AREAS: Bounds(2, 0, 10_000),
    ReadingLimit.MISSES: Bounds(30, 0, 1_000_000),
    ReadingLimit.INCREASE_FROM: Bounds(50, 1, 1_000_000),
    ReadingLimit.DAY_BEGINS: Bounds(6, 0, 23),
    ReadingLimit.DAY_ENDS: Bounds(22, 1, 24),
    ReadingLimit.PAST_DAYS: Bounds(28, 1, 180),
}
"""A clerk's list of a village shows hundreds, masked: what is read in full is bounded closer."""

HOURS = frozenset({ReadingLimit.DAY_BEGINS, ReadingLimit.DAY_ENDS})
"""Both ends of the working day."""

Limits = Mapping[ReadingLimit, int]


class FindingStatus(NamedCode):
    """Where a finding stands."""

    OPEN = "open", "待核查"
    EXPLAINED = "explained", "已说明，属正常工作"
    CONFIRMED = "confirmed", "属违规查看"
    CLOSED = "closed", "已办结"


class FindingReason(NamedCode):
    """Why reading was in order, or what follows if it was not."""

    CAMPAIGN = "campaign", "普查、集中核实等专项工作"
    STAND_IN = "stand_in", "替班、轮岗或新到岗"
    EMERGENCY = "emergency", "应急处置"
    WARNED = "warned", "已提醒或批评教育"
    ACCESS_REMOVED = "access_removed", "已停用账号或收回授权"
    REFERRED = "referred", "已移送有关部门"
    OTHER = "other", "其他"


TRANSITIONS: Mapping[FindingStatus, frozenset[FindingStatus]] = {
    FindingStatus.OPEN: frozenset({FindingStatus.EXPLAINED, FindingStatus.CONFIRMED}),
    FindingStatus.EXPLAINED: frozenset({FindingStatus.CLOSED, FindingStatus.OPEN}),
    FindingStatus.CONFIRMED: frozenset({FindingStatus.CLOSED, FindingStatus.OPEN}),
    FindingStatus.CLOSED: frozenset({FindingStatus.OPEN}),
}
"""Whatever was decided can be opened again."""


@dataclass(frozen=True, slots=True)
class ReadingDay:
    """What a subject read on a day: persons, those in full, those out of hours, misses, and in which villages."""

    subject: str
    day: date
    persons: int
    shown_full: int
    out_of_hours: int
    misses: int
    villages: Sequence[str]


@dataclass(frozen=True, slots=True)
class Past:
    """What a subject read on the days before: on how many days, how many persons in all, in which villages."""

    days: int = 0
    persons: int = 0
    villages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unusual:
    """What a rule found: measured, above which limit, and the villages that it is about."""

    rule: ReadingRule
    measured: int
    bound: int
    villages: Sequence[str]


@dataclass(frozen=True, slots=True, repr=False)
class FindingRecord:
    """A finding as stored; `note`: of who decided, where it is shown. The repr shows nothing."""

    id: UUID
    version: int
    status: str
    rule: str
    reader: str
    day: date
    area: str
    measured: int
    bound: int
    villages: Sequence[str]
    found_at: datetime
    reason: str | None = None
    note_sealed: bytes | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LimitRecord:
    """A limit as it holds: `changed_by` None while it is the default."""

    code: ReadingLimit
    value: int
    version: int = 0
    changed_by: str | None = None
    changed_at: datetime | None = None


def judge(today: ReadingDay, past: Past, limits: Limits) -> Sequence[Unusual]:
    """What of a day is unusual. Who has no days before is compared with the bounds alone."""
    new = [one for one in today.villages if one not in past.villages] if past.days else []
    measured: list[Unusual] = [
        Unusual(ReadingRule.PERSONS, today.persons, limits[ReadingLimit.PERSONS], today.villages),
        Unusual(ReadingRule.FULL, today.shown_full, limits[ReadingLimit.FULL], today.villages),
        Unusual(ReadingRule.HOURS, today.out_of_hours, limits[ReadingLimit.HOURS], today.villages),
        Unusual(ReadingRule.AREAS, len(new), limits[ReadingLimit.AREAS], new),
        Unusual(ReadingRule.MISSES, today.misses, limits[ReadingLimit.MISSES], today.villages),
    ]
    found = [one for one in measured if one.bound and one.measured > one.bound]
    times = limits[ReadingLimit.INCREASE]
    if times and past.days and today.persons >= limits[ReadingLimit.INCREASE_FROM]:
        usual = times * past.persons // past.days
        if today.persons > usual:
            found.append(Unusual(ReadingRule.INCREASE, today.persons, usual, today.villages))
    return found


def area_of(villages: Sequence[str], county: str) -> str:
    """The smallest area in which all of it was read; the county if nothing was."""
    for digits in reversed(LEVELS):
        cut = {one[:digits] for one in villages}
        if len(cut) == 1:
            return cut.pop()
    return county


class FindingDecided(DomainError):
    """The finding stands elsewhere than the step needs."""

    kind, code, title = ErrorKind.CONFLICT, "reading_finding_decided", "该项异常查看现在的状态不能办理此步"
    advice = "请刷新后按现在的状态办理"


class ReaderMayNotDecide(DomainError):
    """Nobody decides about the own reading."""

    kind, code, title = ErrorKind.FORBIDDEN, "reader_may_not_decide", "不能核查本人的查看"
    advice = "请由另一位审计人员办理"


class ReadingLimitOutOfBounds(DomainError):
    """A limit has bounds of its own."""

    kind, code, title = ErrorKind.INVALID, "reading_limit_out_of_bounds", "限值超出可设范围"
    advice = "请按该项限值的可设范围填写；0 表示停用该项规则"


class ReadingHoursReversed(DomainError):
    """Without an hour of work, every look of a day would be out of hours."""

    kind, code, title = ErrorKind.INVALID, "reading_hours_reversed", "工作时段的开始须早于结束"
    advice = "请先核对工作时段的另一端；两端都要改的，先改使时段变长的一端"


def require_within(code: ReadingLimit, value: int, limits: Limits) -> None:
    """Raises `ReadingLimitOutOfBounds`, or `ReadingHoursReversed` if with it the day began when it has ended."""
    bounds, then = LIMITS[code], {**limits, code: value}
    if not bounds.least <= value <= bounds.most:
        raise ReadingLimitOutOfBounds.at("value")
    if code in HOURS and then[ReadingLimit.DAY_BEGINS] >= then[ReadingLimit.DAY_ENDS]:
        raise ReadingHoursReversed.at("value")


def require_transition(present: str, to: FindingStatus) -> None:
    """Raises `FindingDecided` unless the table allows it."""
    if to not in TRANSITIONS[FindingStatus(present)]:
        raise FindingDecided
