"""Rules of occupancies (住房关系): moves, days, stays in a village, and refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.envelope import Span
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import village_of

TRANSITIONS: dict[OccupancyStatus, frozenset[OccupancyStatus]] = {
    OccupancyStatus.CURRENT: frozenset({OccupancyStatus.ENDED, OccupancyStatus.WITHDRAWN}),
    OccupancyStatus.ENDED: frozenset({OccupancyStatus.CURRENT, OccupancyStatus.WITHDRAWN}),
    OccupancyStatus.WITHDRAWN: frozenset({OccupancyStatus.CURRENT, OccupancyStatus.ENDED}),
}


class OccupancyTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "occupancy_transition_not_allowed", "住房关系当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class OccupancyDatesWrong(DomainError):
    """Not before the dwelling or household, not in the future, and no end before the beginning."""

    kind, code, title = ErrorKind.INVALID, "occupancy_dates_wrong", "住房关系的日期不正确"
    advice = "请核对日期：起日不早于房屋启用日，止日不早于起日，均不晚于今天；租期届满日不早于起日"


class OccupancyOverlaps(DomainError):
    """Somebody lives in one dwelling at a time, and is its owner or tenant once at a time."""

    kind, code, title = ErrorKind.CONFLICT, "occupancy_overlaps", "该人（户）在这段时间已有同类住房关系"
    advice = "请先结束或撤回原来的住房关系，或核对起止日期"


class OccupantElsewhere(DomainError):
    """Who lives in a dwelling has a residence in its village all that time."""

    kind, code, title = ErrorKind.CONFLICT, "occupant_elsewhere", "该人（户）在这段时间不居住在房屋所在的村（社区）"
    advice = "请先办理迁入或变更居住地，或核对起止日期"


class DwellingNotStanding(DomainError):
    """Nobody begins to own, rent or live in what is no more."""

    kind, code, title = ErrorKind.CONFLICT, "dwelling_not_standing", "该房屋已注销或已撤回"
    advice = "请核对房屋；误注销的，请先恢复房屋"


class LeaseIsATenants(DomainError):
    """A lease and a responsibility letter are a tenant's."""

    kind, code, title = ErrorKind.INVALID, "lease_is_a_tenants", "只有承租关系可以填写租期、签订责任书"
    advice = "请将关系改为承租人，或去掉租期"


@dataclass(frozen=True, slots=True)
class NewOccupancy:
    """An occupancy that is entered: of one person or one household, exactly one of both."""

    role: OccupancyRole
    since: date
    person_id: UUID | None = None
    household_id: UUID | None = None
    until: date | None = None
    lease_until: date | None = None


@dataclass(frozen=True, slots=True)
class OccupancyFilter:
    """What a list and its count ask for."""

    dwelling_id: UUID | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    role: OccupancyRole | None = None
    status: OccupancyStatus | None = None


def require_transition(status: OccupancyStatus, to: OccupancyStatus, subject: object = None) -> None:
    """Raises `OccupancyTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[status]:
        raise OccupancyTransitionError(subject)


def check_dates(since: date, until: date | None, lease_until: date | None, *, earliest: date, today: date) -> None:
    """Check earliest ≤ since ≤ until ≤ today, since ≤ lease_until. Raises `OccupancyDatesWrong` naming the field."""
    if not earliest <= since <= today:
        raise OccupancyDatesWrong.at("since")
    if until is not None and not since <= until <= today:
        raise OccupancyDatesWrong.at("until")
    if lease_until is not None and lease_until < since:
        raise OccupancyDatesWrong.at("lease_until")


def stay_until(
    residence: Sequence[Span], village: str, since: date, former: Sequence[tuple[str, date]] = ()
) -> tuple[bool, date | None]:
    """Whether somebody lives in the village on the day, and until when without a break; None: on and on.

    `former`: the villages in which the dwelling lay before changes of areas, oldest first, each until a day.
    """
    day = since
    while True:
        there = _village_on(day, village, former)
        here = [one for one in residence if one.start <= day and (one.end is None or day < one.end)]
        span = next((one for one in here if village_of(one.area) == there), None)
        if span is None:
            return day > since, day
        ends = [span.end, *(until for _, until in former if until > day)]
        if not (known := [end for end in ends if end is not None]):
            return True, None
        day = min(known)


def _village_on(day: date, village: str, former: Sequence[tuple[str, date]]) -> str:
    return village_of(next((area for area, until in former if day < until), village))


def overlaps(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Whether two half-open times have a day in common."""
    begins = max(since, other_since)
    ends = [end for end in (until, other_until) if end is not None]
    return all(begins < end for end in ends)
